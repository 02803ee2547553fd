"""The arguments with which a command is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.builders.group import flat_values
from gateway.entities.component import Component
from gateway.exceptions import ErrorTarget, UnexpectedKeywordError, ValidationException

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*")


def call_arguments(component: Component, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each input of a component: what was given, else None; names match in any case.

    Raises:
        UnexpectedKeywordError: an input that the component does not have.
        ValidationException: positional arguments, or inputs whose names cannot be keywords.
    """
    names = list(component.inputs)
    _check_names(names)
    _check_names(component.outputs)
    example = f"component_func({', '.join(f'{name}=...' for name in names)})"
    if args:
        raise ValidationException(
            f"Component function doesn't support positional arguments, got {args}; write {example}.",
            target=ErrorTarget.COMPONENT,
        )
    by_lower_case = {name.lower(): name for name in names}
    given: dict[str, Any] = {}
    for key, value in _flat(names, kwargs):
        name = key if key in component.inputs else by_lower_case.get(key.lower())
        if name is None:
            raise UnexpectedKeywordError(
                f"{example} got an unexpected keyword argument {key!r}; valid keywords: {', '.join(names) or 'none'}."
            )
        given[name] = value
    return {**given, **{name: None for name in names if name not in given}}


def _flat(names: list[str], kwargs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The arguments, those of groups by their names with dots."""
    for key, value in kwargs.items():
        if key not in names and any(name.startswith(f"{key}.") for name in names):
            yield from flat_values(key, value)
        else:
            yield key, value


def _check_names(names: Mapping[str, Any] | list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValidationException(
                f"inputs.{name}: {name!r} is not a valid parameter name, must be composed of letters, numbers, and "
                "underscores.",
                target=ErrorTarget.COMPONENT,
            )
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise ValidationException(
                f"inputs.{name}: Invalid component input names {name!r} and {other!r}, which are equal ignoring case.",
                target=ErrorTarget.COMPONENT,
            )
