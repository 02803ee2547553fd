"""Inputs of jobs and components."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

from gateway.constants import InputTypes
from gateway.entities.dict_mixin import DictMixin
from gateway.exceptions import UserErrorException, ValidationException

_PRIMITIVES: Mapping[str, type] = {
    InputTypes.INTEGER: int,
    InputTypes.STRING: str,
    InputTypes.NUMBER: float,
    InputTypes.BOOLEAN: bool,
}
_DATA = frozenset({"uri_folder", "uri_file", "mltable", "mlflow_model", "custom_model"})
_NUMBERS = frozenset({InputTypes.INTEGER, InputTypes.NUMBER})


class Input(DictMixin):
    """An input of a job or a component.

    Parameters:
        type: an asset type (`uri_file`, `uri_folder`, `mltable`, `mlflow_model`, `custom_model`, `triton_model`) or, in
            a component, `integer`, `number`, `string` or `boolean`.
        path: where the data lies: a local path, a URL, `azureml:name:version` or an ARM id.
        mode: how it reaches the trial: `ro_mount`, `rw_mount`, `download`, `direct`, `eval_mount`, `eval_download`.
        path_on_compute: where it appears on the compute.
        default: default of a literal input of a component.
        optional: whether a component can do without it.
        min, max: bounds of a numeric input.
        enum: allowed values of a string input.
        description: what it is for.
        datastore: datastore that a local path is uploaded to.

    Raises:
        ValidationException: a parameter that the type cannot have.
        UserErrorException: a default that the type cannot have.
    """

    def __init__(
        self,
        *,
        type: str = "uri_folder",  # noqa: A002
        path: str | PathLike[str] | None = None,
        mode: str | None = None,
        path_on_compute: str | None = None,
        default: str | float | bool | None = None,
        optional: bool | None = None,
        min: float | None = None,  # noqa: A002
        max: float | None = None,  # noqa: A002
        enum: Any = None,
        description: str | None = None,
        datastore: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.type = type
        primitive = isinstance(type, str) and type in _PRIMITIVES
        self.description = description
        self.path = path if path is None or isinstance(path, str) else str(path)
        self.path_on_compute = path_on_compute
        self.mode = None if primitive else mode
        self.default = None if default is None else _default(type, default)
        self.optional = _boolean(optional) if optional else optional
        self.min = min if min is None else _number(type, min)
        self.max = max if max is None else _number(type, max)
        self.enum = enum
        self.datastore = datastore
        if primitive or type in _DATA:
            self._refuse_foreign_parameters()

    @property
    def is_literal(self) -> bool:
        """Whether the type is that of a plain value."""
        return isinstance(self.type, str) and self.type in _PRIMITIVES

    def copy(self) -> Input:
        """An input with the same parameters."""
        return Input(**{name: value for name, value in self.items() if value is not None})

    def _refuse_foreign_parameters(self) -> None:
        if self.type in _DATA:
            if self.min is None and self.max is None:
                return
            foreign: tuple[str, ...] = ("min", "max")
        else:
            foreign = ("path", "mode") if self.type in _NUMBERS else ("path", "mode", "min", "max")
        for name in foreign:
            value = getattr(self, name)
            if value is not None:
                raise ValidationException(
                    f"Invalid parameter for {self.type!r} Input: {name!r} should be None but is {value!r}."
                )


def _default(kind: Any, value: Any) -> Any:
    primitive = _PRIMITIVES.get(kind) if isinstance(kind, str) else None
    if primitive is None:
        raise UserErrorException(f"Default value {value!r} cannot be set: an Input of type {kind!r} has no default.")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if type(value) not in _PRIMITIVES.values():
        allowed = ", ".join(_PRIMITIVES)
        raise UserErrorException(f"Default value {value!r} cannot be set: its type must be one of {allowed}.")
    if isinstance(value, primitive):
        return value
    try:
        return _PARSERS[kind](value)
    except ValueError as error:
        raise UserErrorException(f"Default value {value!r} cannot be read as {kind}.") from error


def _boolean(value: Any) -> bool:
    return str(value).lower() == "true"


def _strict_boolean(value: Any) -> bool:
    if str(value).lower() not in {"true", "false"}:
        raise ValidationException(f"Boolean input only accepts True or False, got {value!r}.")
    return _boolean(value)


def _integer(value: Any) -> int:
    return int(float(value))


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    InputTypes.INTEGER: _integer,
    InputTypes.NUMBER: float,
    InputTypes.BOOLEAN: _strict_boolean,
    InputTypes.STRING: str,
}


def _number(kind: Any, value: Any) -> Any:
    return _PARSERS[kind](value) if isinstance(kind, str) and kind in _NUMBERS else value
