"""Documents that are small as text and have no end when they are walked: aliases of YAML multiply, lists nest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

#: Values of a document, each counted as often as it can be reached.
MOST_VALUES = 200_000
#: Mappings and lists within each other.
DEEPEST = 100


class TooNested(ValueError):
    """A document nests too deeply, or its aliases make too much of it; the text says which."""


def check_nesting(
    root: T, members: Callable[[T], Iterable[T]], *, most: int = MOST_VALUES, deepest: int = DEEPEST
) -> None:
    """Refuse a document that cannot be walked in a moment; each of its parts is looked at once.

    Parameters:
        root: the whole.
        members: what lies directly in a part.
        most: values that there may be, those of an alias counted wherever it stands.
        deepest: parts that may lie within each other.

    Raises:
        TooNested: there is more, or a part lies in itself.

    >>> check_nesting([[1], [2]], lambda part: part if isinstance(part, list) else ())
    """
    counts: dict[int, tuple[int, int]] = {}  # values in a part, and how deep it is
    outer: set[int] = set()
    waiting: list[tuple[T, bool]] = [(root, False)]
    while waiting:
        part, is_known = waiting.pop()
        if not is_known:
            if id(part) in counts:
                continue
            if id(part) in outer:
                raise TooNested("an alias puts a value into itself")
            inner = list(members(part))
            if not inner:
                counts[id(part)] = (1, 0)
                continue
            outer.add(id(part))
            if len(outer) > deepest:
                raise TooNested(f"more than {deepest} mappings and lists lie within each other")
            waiting.append((part, True))
            waiting += [(one, False) for one in reversed(inner)]
            continue
        found = [counts[id(one)] for one in members(part)]
        size, depth = 1 + sum(size for size, _ in found), 1 + max(depth for _, depth in found)
        if size > most:
            raise TooNested(f"its aliases make more than {most} values of it")
        if depth > deepest:
            raise TooNested(f"more than {deepest} mappings and lists lie within each other")
        outer.discard(id(part))
        counts[id(part)] = (size, depth)


def may_nest(yaml_text: str) -> bool:
    """Whether a YAML text can hold more than it is long, or nest deeply; false for nearly all that people write."""
    if "&" in yaml_text and "*" in yaml_text:
        return True
    # A hundred block mappings within each other are indented by that much together.
    return len(yaml_text) > DEEPEST**2 // 2 or sum(map(yaml_text.count, ("- ", "[", "{", "? "))) > DEEPEST


def members_of_node(node: Any) -> list[Any]:
    """The nodes directly in a node of PyYAML's: pairs of a mapping, or items of a sequence."""
    value = node.value
    if not isinstance(value, list):
        return []
    return [one for item in value for one in (item if isinstance(item, tuple) else (item,))]
