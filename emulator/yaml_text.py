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


def parse_sections(text: str) -> Any:
    """The same, but of mappings and lists at the top that stand more than once all count: what is pasted at the end.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    loader = _Loader(text)
    try:
        node = _joined(loader.get_single_node())
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def line_of(text: str, path: Path) -> int:
    """The line, from 1, of the field at a path, or of the nearest one around it that there is."""
    node = _composed(text)
    line = 1
    for step in path:
        found = _member(node, step)
        if found is None:
            break
        line, node = found
    return line


def repeated_keys(text: str) -> list[Path]:
    """The paths of keys that stand twice in the same mapping, where only the last one would count."""
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

    visit(_composed(text), ())
    return found


def quoted(text: str) -> str:
    """A text as a plain value or key of YAML, in quotes where it would mean something else without."""
    plain = re.fullmatch(r"[A-Za-z./][^\s#'\"{}\[\],&*!|>%@`]*(@[^\s#'\"{}\[\],&*!|>%`]*)?", text)
    return text if plain else "'" + text.replace("'", "''") + "'"


def _composed(text: str) -> yaml.Node | None:
    return _joined(yaml.compose(text, Loader=_Loader))


def _joined(node: yaml.Node | None) -> yaml.Node | None:
    """A document whose sections of the same name and kind are one; empty ones give way."""
    if not isinstance(node, yaml.MappingNode):
        return node
    joined: list[tuple[yaml.Node, yaml.Node]] = []
    for key, value in node.value:
        place = next((place for place, (other, _) in enumerate(joined) if other.value == key.value), None)
        before = None if place is None else joined[place][1]
        if place is not None and before is not None and _is_empty(before):
            joined[place] = (key, value)
        elif isinstance(before, yaml.CollectionNode) and type(before) is type(value) and before is not value:
            before.value.extend(value.value)
        elif before is None or not _is_empty(value):
            joined.append((key, value))
    node.value = joined
    return node


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _member(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """Line and node of a member; of mappings the line of the last such key, which is the one that counts."""
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):
            if key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None
