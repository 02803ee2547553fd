"""Reading a world file: found upwards, parsed, and every mistake in it told at once with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from emulator.settings import Settings
from emulator.world.content import WorldContent
from emulator.world.section import Section
from emulator.world.world import World
from emulator.yaml_text import line_of, parse, repeated_keys

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


#: The names that pydantic puts into the location of a value that may be of several types.
_UNION_MEMBER = re.compile(r"str$|function-|tuple\[")


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
        problems += _of_types(error.errors())
    if problems:
        raise WorldError("\n".join(_line(path, text, keys, message) for keys, message in problems))
    return world


def _of_content(world: World) -> Iterator[tuple[tuple[str | int, ...], str]]:
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


def _twice(section: Section | str, names: Iterable[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    seen = set()
    for place, name in enumerate(names):
        if name in seen:
            yield (section, place), "is declared twice; keep one of the two"
        seen.add(name)


def _line(path: Path, text: str, keys: tuple[str | int, ...], message: str) -> str:
    dotted = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
    return f"{path}:{line_of(text, keys)}: {dotted}: {message}"


#: What pydantic misses, in the words of YAML.
_WANTED = {
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "too_short": "a text that is not empty",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "greater_than_equal": "1 or more",
    "enum": f"one of {', '.join(Section)}",
}


def _of_types(errors: Iterable[ErrorDetails]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where each mistake is, and what to do about it; one for a value that is none of several types."""
    wanted: dict[tuple[str | int, ...], list[str]] = {}
    found: dict[tuple[str | int, ...], Any] = {}
    for error in errors:
        location = error["loc"]
        match error["type"]:
            case "extra_forbidden":
                known = list(_model_at(location[:-1]).model_fields)
                near = difflib.get_close_matches(str(location[-1]), known, n=1)
                yield location, "unknown key; " + (f"did you mean {near[0]!r}?" if near else f"known are {_all(known)}")
            case "missing":
                yield location[:-1], f"the key {location[-1]!r} is missing"
            case kind:
                keys = tuple(key for key in location if not (isinstance(key, str) and _UNION_MEMBER.match(key)))
                wanted.setdefault(keys, []).append(_WANTED.get(kind, error["msg"].lower()))
                found[keys] = error["input"]
    for keys, kinds in wanted.items():
        choices = " or ".join(kinds)
        also = ", true or false" if keys == ("strict",) else ""
        yield keys, f"{found[keys]!r} is not what is expected here: {choices}{also}"


def _model_at(location: tuple[str | int, ...]) -> type[BaseModel]:
    """The model whose keys stand at a location."""
    if not location:
        return WorldContent
    entries: Any = WorldContent.model_fields[str(location[0])].annotation
    model: type[BaseModel] = get_args(entries)[0]
    return model


def _listed(model: type[BaseModel]) -> str:
    return _all(model.model_fields)


def _all(names: Iterable[str]) -> str:
    return ", ".join(names)
