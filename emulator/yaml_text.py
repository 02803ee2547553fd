"""YAML texts that people write for the emulator, and the lines their mistakes are in."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Keys and positions from the root of a document to a value.
Path: TypeAlias = tuple[str | int, ...]


def parse(text: str) -> Any:
    """The content of a YAML text, scalars read as by PyYAML's safe loader.

    Raises:
        yaml.YAMLError: it is none.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def line_of(text: str, path: Path) -> int:
    """The line, from 1, of the field at a path, or of the nearest one around it that there is."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for step in path:
        found = _member(node, step)
        if found is None:
            break
        line, node = found
    return line


def repeated_keys(text: str) -> list[Path]:
    """The paths of keys that stand twice in the same mapping, where YAML keeps the last one only."""
    found: list[Path] = []

    def visit(node: yaml.Node | None, path: Path) -> None:
        if isinstance(node, yaml.SequenceNode):
            for place, item in enumerate(node.value):
                visit(item, (*path, place))
        elif isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if key.value in seen:
                    found.append((*path, key.value))
                seen.add(key.value)
                visit(value, (*path, key.value))

    visit(yaml.compose(text, Loader=_Loader), ())
    return found


def quoted(text: str) -> str:
    """A text as a plain value or key of YAML, in quotes where it would mean something else without."""
    plain = re.fullmatch(r"[A-Za-z./][^\s#'\"{}\[\],&*!|>%@`]*(@[^\s#'\"{}\[\],&*!|>%`]*)?", text)
    return text if plain else "'" + text.replace("'", "''") + "'"


def _member(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """Line and node of a member; of mappings the line of the last such key, which is the one that counts."""
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):
            if key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None
