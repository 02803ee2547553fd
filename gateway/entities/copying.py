"""Copies of entities that can be changed on their own."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")

_UNCHANGEABLE = frozenset({str, int, float, bool, type(None)})


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
    if not hasattr(value, "__dict__"):
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
