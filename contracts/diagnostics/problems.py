"""What is wrong with a text, collected on the way and told at once: file, line, field, message, remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from contracts.diagnostics.yaml_text import Lines, Path, dotted, parse_sections, repeated_keys


class Source(NamedTuple):
    """A file that was read: its name for messages and its text for line numbers."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Parameters:
        path: keys and positions from the root of the file to the value.
        message: what is wrong, with the value.
        remedy: what to do about it.
        source: the included file that it is in; None is the file being read.
    """

    path: Path
    message: str
    remedy: str = ""
    source: Source | None = None

    @property
    def text(self) -> str:
        """Field, message and remedy, for what has no lines."""
        field = f"{dotted(self.path)}: " if self.path else ""
        return f"{field}{self.message} {self.remedy}".rstrip()


def told(problems: Iterable[Problem], source: Source, *, sections: bool = False) -> str:
    """A line of text for each problem.

    Parameters:
        source: the file that was read.
        sections: whether it was read by `yaml_text.parse_sections`.
    """
    lines: dict[Source, Lines] = {}

    def line(problem: Problem) -> str:
        where = problem.source or source
        if where not in lines:
            lines[where] = Lines(where.text, sections=sections)
        number = lines[where].of(problem.path)
        return f"{where.name if number is None else f'{where.name}:{number}'}: {problem.text}"

    return "\n".join(map(line, problems))


def mapping_of(source: Source, known: Iterable[str]) -> dict[str, Any]:
    """The mapping that a text is, its sections joined, without the keys that are left empty.

    Parameters:
        known: keys, for the message.

    Raises:
        ValueError: it is not YAML, or not a mapping.
    """
    try:
        given = parse_sections(source.text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, source.text.count("\n") + 1) if mark else 1
        raise ValueError(f"{source.name}:{line}: this is not YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(given, dict | None):
        raise ValueError(f"{source.name}:1: a {type(given).__name__} where the keys {', '.join(known)} are expected")
    return {key: value for key, value in (given or {}).items() if value is not None}


def repeated(text: str) -> list[Problem]:
    """The keys that are there twice, as problems."""
    return [Problem(path, "this key stands twice; keep one of the two") for path in repeated_keys(text)]
