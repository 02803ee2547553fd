"""Copies of entities that can be changed on their own."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from gateway.exceptions import unfit

T = TypeVar("T")

_UNCHANGEABLE = frozenset({str, int, float, bool, type(None)})
#: What is never copied although it may have attributes: enums, classes, and subclasses of plain values.
_WHOLE = (str, int, float, bytes, Enum, type)


def own_dict(field: str, value: Any) -> dict[Any, Any]:
    """A dict of one's own with the entries of what was given for a field.

    Raises:
        ValidationException: it has no names and values.
    """
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise unfit(field, value, "a dict") from None


def copied(value: T) -> T:
    """A copy of an entity, or of dicts and lists of them, down to the values that cannot be changed."""
    if type(value) in _UNCHANGEABLE:
        return value
    if isinstance(value, dict):
        parts = value.copy()
        _own(parts)
        return parts  # type: ignore[return-value]
    if isinstance(value, list):
        return type(value)(map(copied, value))
    if isinstance(value, _WHOLE) or not hasattr(value, "__dict__"):
        return value
    twin: T = object.__new__(type(value))
    twin.__dict__.update(value.__dict__)
    _own(twin.__dict__)
    return twin


def _own(parts: dict[Any, Any]) -> None:
    """Put copies in the place of what could be changed."""
    for key, part in parts.items():
        if type(part) not in _UNCHANGEABLE:
            parts[key] = copied(part)
