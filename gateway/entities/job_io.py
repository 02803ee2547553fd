"""Inputs and outputs of jobs and components, and their types."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

from gateway.constants import AssetTypes, InputTypes
from gateway.entities.resource import DictMixin
from gateway.exceptions import UserErrorException, ValidationException, invalid_value

ASSET_TYPES = frozenset(value for name, value in vars(AssetTypes).items() if name.isupper())

#: How api-versions of 2022 spelled them.
_OLD_SPELLINGS = {
    "CustomModel": AssetTypes.CUSTOM_MODEL,
    "Literal": "literal",
    "MlFlowModel": AssetTypes.MLFLOW_MODEL,
    "MlTable": AssetTypes.MLTABLE,
    "TritonModel": AssetTypes.TRITON_MODEL,
    "UriFile": AssetTypes.URI_FILE,
    "UriFolder": AssetTypes.URI_FOLDER,
}


def asset_type_from_arm(name: str | None) -> str:
    """The type in today's spelling."""
    return _OLD_SPELLINGS.get(name or "", name or "")


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


_OUTPUT_NAME = re.compile(r"^[A-Za-z0-9_-]{0,255}$")


class Output(DictMixin):
    """An output of a job or a component.

    Parameters:
        type: asset type: `uri_file`, `uri_folder`, `mltable`, `mlflow_model`, `custom_model`, `triton_model`.
        path: where it goes in a datastore; the default store when left out.
        mode: how it leaves the trial: `rw_mount`, `upload`, `direct`.
        description: what it is.
        name, version: registers the output as an asset of that name (keyword arguments).
        path_on_compute: where it appears on the compute (keyword argument).

    Raises:
        UserErrorException: a name with other characters than letters, digits, dashes and underscores, or a version
            without a name.
    """

    def __init__(
        self,
        *,
        type: str | None = AssetTypes.URI_FOLDER,  # noqa: A002
        path: str | None = None,
        mode: str | None = None,
        description: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.type = type
        self.name: str | None = kwargs.pop("name", None)
        self.version: str | None = kwargs.pop("version", None)
        self.description = description
        self.path = path
        self.path_on_compute: str | None = kwargs.pop("path_on_compute", None)
        self.mode = mode
        self.early_available: bool | None = kwargs.pop("early_available", None)
        if self.name and not (isinstance(self.name, str) and _OUTPUT_NAME.match(self.name)):
            raise UserErrorException(
                f"The output name {self.name} can only contain letters, digits, dashes and underscores, "
                "with a limit of 255 characters."
            )
        if self.version and not self.name:
            raise UserErrorException(f"Output name is required when an output version ({self.version}) is given.")

    def copy(self) -> Output:
        """An output with the same parameters."""
        return Output(**{name: value for name, value in self.items() if value is not None})


class JobIO:
    """`inputs` and `outputs` of a job, where a mapping stands for an Input or Output.

    Raises:
        ValidationException: they are given as something else than a mapping.
    """

    @property
    def inputs(self) -> dict[str, Any]:
        """Inputs by name: Input objects or literal values."""
        return self._inputs

    @inputs.setter
    def inputs(self, value: Mapping[str, Any] | None) -> None:
        self._inputs = _by_name("inputs", value, Input) if value else {}

    @property
    def outputs(self) -> dict[str, Any]:
        """Outputs by name."""
        return self._outputs

    @outputs.setter
    def outputs(self, value: Mapping[str, Any] | None) -> None:
        self._outputs = _by_name("outputs", value, Output) if value else {}


def _by_name(field: str, value: Any, cls: type[Input | Output]) -> dict[str, Any]:
    if type(value) is not dict and not isinstance(value, Mapping):
        raise invalid_value(field, value, f"a dict of {field} by name")
    named = dict(value)
    for name, entry in value.items():
        if isinstance(entry, dict):
            named[name] = cls(**entry)
    return named
