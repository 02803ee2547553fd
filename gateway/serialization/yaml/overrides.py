"""`params_override`: fields to set on top of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.exceptions import ValidationException, invalid_value


def override(content: dict[Any, Any], overrides: Iterable[Mapping[str, Any]]) -> None:
    """Set fields of a file's mapping in place.

    Parameters:
        overrides: `[{"limits.max_total_trials": 3}, {"search_space.lr.values[0]": 1}]`; missing mappings are created.

    Raises:
        ValidationException: the path leads through text, such as a reference to another file, or there are no names.
    """
    for fields in overrides:
        if not isinstance(fields, Mapping) or not all(isinstance(field, str) for field in fields):
            raise invalid_value("params_override", overrides, "a list of dicts such as [{'limits.timeout': 600}]")
        for field, value in fields.items():
            _set(content, field, value)


def _set(content: Any, field: str, value: Any) -> None:
    steps = re.findall(r"[^.\[\]]+", field)
    for step in steps[:-1]:
        inner = _get(content, step, field)
        if inner is None:
            inner = {}
            _put(content, step, inner, field)
        content = inner
    _put(content, steps[-1] if steps else field, value, field)


def _get(container: Any, step: str, field: str) -> Any:
    if isinstance(container, dict):
        return container.get(step)
    return container[_position(container, step, field)]


def _put(container: Any, step: str, value: Any, field: str) -> None:
    if isinstance(container, dict):
        container[step] = value
    else:
        container[_position(container, step, field)] = value


def _position(container: Any, step: str, field: str) -> int:
    if isinstance(container, list) and step.isdigit() and int(step) < len(container):
        return int(step)
    if isinstance(container, list):
        raise ValidationException(f"Cannot set {field}: {step!r} is not a position in a list of {len(container)}.")
    raise ValidationException(
        f"Cannot use '--set' on properties defined by reference strings: --set {field} leads through {container!r}."
    )
