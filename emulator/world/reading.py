"""Reading a world file: found upwards, parsed, and every mistake in it told at once with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from emulator.mistakes import Mistake, dotted, of_types
from emulator.settings import Settings
from emulator.world.content import WorldContent
from emulator.world.section import Section
from emulator.world.world import World
from emulator.yaml_text import Path as Keys
from emulator.yaml_text import line_of, parse, repeated_keys


class WorldError(ValueError):
    """A world file cannot be used; the text has one line for each mistake: file, line, key, remedy."""


def read(path: Path) -> World:
    """The world that a file describes.

    Raises:
        WorldError: it cannot be read, or says what no world file may say.
    """
    try:
        return of_text(path.read_text(encoding="utf-8-sig"), path.absolute())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise WorldError(f"{path}: the world file cannot be read: {reason}") from None


def of_text(text: str, path: Path) -> World:
    """The world of a text.

    Parameters:
        path: of the file that it is in, or will be; local paths start from its folder.

    Raises:
        WorldError: see `read`.
    """
    try:
        given = parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
        raise WorldError(f"{path}:{line}: this is not YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(given, dict | None):
        raise WorldError(f"{path}:1: a {type(given).__name__} where the keys {_listed(WorldContent)} are expected")
    problems = [(keys, "this key stands twice; keep one of the two") for keys in repeated_keys(text)]
    present = {key: value for key, value in (given or {}).items() if value is not None}
    try:
        world = World(path, WorldContent.model_validate(present))
        problems += _of_content(world)
    except ValidationError as error:
        problems += of_types(error.errors(), WorldContent, {("strict",): ", true or false"})
    if problems:
        raise WorldError("\n".join(_line(path, text, keys, message) for keys, message in problems))
    return world


def _of_content(world: World) -> Iterator[Mistake]:
    """What types cannot say: names said twice, spellings of data that mean the same, settings."""
    yield from _twice("workspaces", [str(one) for one in world.content.workspaces])
    yield from _twice("computes", [one.name for one in world.content.computes])
    yield from _twice("environments", [f"{one.name}:{one.version}" for one in world.content.environments])
    for section, key, other in world.map.same:
        yield (section, key), f"means the same as {other!r} above; keep one of the two"
    for name, value in world.content.settings.items():
        try:
            Settings().with_values({name: value})
        except ValueError as error:
            yield ("settings", name), str(error)


def _twice(section: Section | str, names: Iterable[str]) -> Iterator[Mistake]:
    seen = set()
    for place, name in enumerate(names):
        if name in seen:
            yield (section, place), "is declared twice; keep one of the two"
        seen.add(name)


def _line(path: Path, text: str, keys: Keys, message: str) -> str:
    return f"{path}:{line_of(text, keys)}: {dotted(keys)}: {message}"


def _listed(model: type[BaseModel]) -> str:
    return ", ".join(model.model_fields)
