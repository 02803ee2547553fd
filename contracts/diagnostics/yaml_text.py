"""YAML texts that people write, paths to their values, and the lines these are in."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import yaml

from contracts.diagnostics.nesting import TooNested, check_nesting, may_nest, members_of_node

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Keys and positions from the root of a document to a value.
Path: TypeAlias = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path as people write it.

    Example:
        >>> dotted(("search_space", "lr", "values", 2))
        'search_space.lr.values[2]'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def parse(text: str) -> Any:
    """The content of a YAML text, scalars read as by PyYAML's safe loader.

    Raises:
        yaml.YAMLError: it is not YAML, or more than can be walked (`contracts.diagnostics.nesting`).
    """
    loader = _Loader(text)
    try:
        node = _bounded(loader.get_single_node(), text)
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def parse_sections(text: str) -> Any:
    """The same, but mappings and lists at the top that are there more than once all count: what is pasted at the end.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    loader = _Loader(text)
    try:
        node = _joined(_bounded(loader.get_single_node(), text))
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


class Lines:
    """The lines of the values of a YAML text; the text is composed once, for any number of questions.

    Parameters:
        text: the text.
        sections: whether it was read by `parse_sections`.
    """

    def __init__(self, text: str, *, sections: bool = False) -> None:
        try:
            node = yaml.compose(text, Loader=_Loader)
        except yaml.YAMLError:
            self._root, self._first = None, None
        else:
            self._root = _joined(node) if sections else node
            self._first = node.start_mark.line + 1 if node is not None else 1
        self._members: dict[int, dict[str, tuple[int, yaml.Node]]] = {}

    def of(self, path: Path) -> int | None:
        """The line, from 1, of the field at a path, or of the nearest one around it; None for a text that is not YAML.

        Of a key that is there several times it is the last one's, which is the one that counts.
        """
        line, node = self._first, self._root
        for step in path:
            found = self._member(node, step)
            if found is None:
                break
            line, node = found
        return line

    def _member(self, node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
        if isinstance(node, yaml.MappingNode):
            if id(node) not in self._members:
                self._members[id(node)] = {
                    key.value: (key.start_mark.line + 1, value)
                    for key, value in node.value
                    if isinstance(key, yaml.ScalarNode)
                }
            return self._members[id(node)].get(str(step))
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return node.value[step].start_mark.line + 1, node.value[step]
        return None


def repeated_keys(text: str) -> list[Path]:
    """The paths of keys that are twice in the same mapping, where only the last one would count."""
    found: list[Path] = []
    seen: set[int] = set()  # a mapping with aliases is looked at once: there may be exponentially many ways to it

    def visit(node: yaml.Node | None, path: Path) -> None:
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for place, item in enumerate(node.value):
                visit(item, (*path, place))
        elif isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in keys:
                        found.append((*path, key.value))
                    keys.add(key.value)
                    visit(value, (*path, key.value))

    visit(_joined(_bounded(yaml.compose(text, Loader=_Loader), text)), ())
    return found


def quoted(text: str) -> str:
    """A text as a plain value or key of YAML, in quotes where it would mean something else without."""
    plain = re.fullmatch(r"[A-Za-z./][^\s#'\"{}\[\],&*!|>%@`]*(@[^\s#'\"{}\[\],&*!|>%`]*)?", text)
    return text if plain else "'" + text.replace("'", "''") + "'"


def _bounded(node: yaml.Node | None, text: str) -> yaml.Node | None:
    """A document as it is; it is bounded before it is made, as merge keys are copied and no walk of it would end."""
    if node is not None and may_nest(text):
        try:
            check_nesting(node, members_of_node)
        except TooNested as error:
            raise yaml.YAMLError(str(error)) from None
    return node


def _joined(node: yaml.Node | None) -> yaml.Node | None:
    """A document whose sections of the same name and kind are one; empty ones give way."""
    if not isinstance(node, yaml.MappingNode):
        return node
    joined: list[tuple[yaml.Node, yaml.Node]] = []
    places: dict[str, int] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        place = None if name is None else places.get(name)
        before = None if place is None else joined[place][1]
        if place is not None and before is not None and _is_empty(before):
            joined[place] = (key, value)
        elif isinstance(before, yaml.CollectionNode) and type(before) is type(value) and before is not value:
            before.value.extend(value.value)
        elif before is None or not _is_empty(value):
            if name is not None:
                places.setdefault(name, len(joined))
            joined.append((key, value))
    node.value = joined
    return node


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
