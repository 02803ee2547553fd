"""Annotations of the parameters of pipeline functions and of the fields of groups: the inputs that they declare."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import Enum, EnumMeta
from inspect import Parameter
from typing import Any

from gateway.constants import InputTypes
from gateway.entities.job_io import Input
from gateway.entities.resource import copied
from gateway.exceptions import UserErrorException

_PRIMITIVES: Mapping[Any, str] = {
    float: InputTypes.NUMBER,
    int: InputTypes.INTEGER,
    bool: InputTypes.BOOLEAN,
    str: InputTypes.STRING,
}


def annotations_of(declaring: Callable[..., Any] | type) -> dict[str, Any]:
    """The annotations of a function's parameters or of a class's own fields, also where their evaluation is put off.

    Raises:
        UserErrorException: one cannot be evaluated.
    """
    try:
        found = inspect.get_annotations(declaring, eval_str=True)
    except Exception as error:  # whatever the evaluation of an annotation may raise
        raise UserErrorException(f"the annotations of {declaring.__name__} cannot be read: {error}") from error
    return {name: annotation for name, annotation in found.items() if name != "return"}


def declared_input(name: str, annotation: Any, default: Any) -> Input:
    """The input that an annotation and a default declare.

    Parameters:
        name: of the parameter or field, for messages.
        annotation: an Input, int, float, bool, str or an enum; `Parameter.empty` where there is none.
        default: its default; `Parameter.empty` where there is none.

    Raises:
        UserErrorException: an annotation that an input cannot have.
    """
    if annotation is Parameter.empty:
        declared = _by_value(default)
    elif isinstance(annotation, Input):
        declared = copied(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Input):
        declared = annotation()
    elif isinstance(annotation, EnumMeta):
        declared = Input(type=InputTypes.STRING, enum=[str(entry.value) for entry in annotation])  # type: ignore[var-annotated]
    elif annotation in _PRIMITIVES:
        declared = Input(type=_PRIMITIVES[annotation])
    else:
        raise UserErrorException(f"Unsupported annotation type {annotation!r} for parameter {name!r}.")
    if default is not Parameter.empty and default is not None:
        value = default.value if isinstance(default, Enum) else default
        kept = {key: entry for key, entry in declared.items() if entry is not None}
        declared = Input(**{**kept, "type": declared.type, "default": value})
    return declared


def _by_value(default: Any) -> Input:
    if isinstance(default, Enum):
        return Input(type=InputTypes.STRING, enum=[str(entry.value) for entry in type(default)])
    return Input(type=_PRIMITIVES.get(type(default)))  # type: ignore[arg-type]
