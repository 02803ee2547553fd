"""YAML files that people write for the emulator: read with every mistake told at once, with its line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from emulator.mistakes import Mistake, dotted
from emulator.yaml_text import line_of, parse_sections, repeated_keys


def text_of(path: Path, what: str) -> str:
    """The text of a file.

    Parameters:
        what: the file is called in a message: `world file`.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"{path}: the {what} cannot be read: {reason}") from None


def mapping_of(text: str, path: Path, known: Iterable[str]) -> dict[str, Any]:
    """The mapping that a text is, without the keys that are left empty.

    Parameters:
        known: keys, for the message.

    Raises:
        ValueError: it is no YAML, or no mapping.
    """
    try:
        given = parse_sections(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
        raise ValueError(f"{path}:{line}: this is not YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(given, dict | None):
        raise ValueError(f"{path}:1: a {type(given).__name__} where the keys {', '.join(known)} are expected")
    return {key: value for key, value in (given or {}).items() if value is not None}


def repeated(text: str) -> list[Mistake]:
    """The keys that stand twice."""
    return [(keys, "this key stands twice; keep one of the two") for keys in repeated_keys(text)]


def told(mistakes: Iterable[Mistake], text: str, path: Path) -> str:
    """Mistakes, a line for each: file, line, key, remedy."""
    return "\n".join(f"{path}:{line_of(text, keys)}: {dotted(keys)}: {message}" for keys, message in mistakes)
