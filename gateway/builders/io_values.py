"""What `command(inputs=..., outputs=...)` means for the component and for the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.constants import InputTypes
from gateway.entities.job_io import ASSET_TYPES, Input, Output
from gateway.entities.names import is_binding
from gateway.entities.resource import own_dict
from gateway.entities.search_space import Choice, Randint, SweepDistribution
from gateway.exceptions import ValidationException, invalid_value, kind_of

_LITERALS: Mapping[type, str] = {
    float: InputTypes.NUMBER,
    int: InputTypes.INTEGER,
    bool: InputTypes.BOOLEAN,
    str: InputTypes.STRING,
}


def command_inputs(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The declarations for the component, and the values for the job.

    Raises:
        ValidationException: a value that cannot be an input.
    """
    declared: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for name, value in own_dict("inputs", inputs).items():
        if isinstance(value, dict):
            if not value.keys() & {"type", "path"}:
                raise invalid_value(f"inputs.{name}", value, "type and path: {'type': 'uri_folder', 'path': ...}")
            value = Input(**value)
        if isinstance(value, Input):
            declared[name] = value.copy()
            if value.type in ASSET_TYPES or value.type == "path":
                given[name] = value.copy()
        else:
            declared[name], given[name] = _declaration(name, value), value
    return declared, given


def command_outputs(outputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The declarations for the component, and the values for the job.

    Raises:
        ValidationException: a value that cannot be an output.
    """
    declared: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for name, value in own_dict("outputs", outputs).items():
        if not value:
            declared[name], given[name] = Output(), value
        elif isinstance(value, dict):
            declared[name], given[name] = Output(**value), Output(**value)
        elif isinstance(value, Output):
            declared[name], given[name] = value.copy(), value.copy()
        elif is_binding(value):
            declared[name], given[name] = Output(), value
        else:
            raise ValidationException(
                f"outputs.{name}: Unsupported output type: {kind_of(value)}; give an Output or a dict."
            )
    return declared, given


def _declaration(name: str, value: Any) -> Input:
    if isinstance(value, SweepDistribution):
        return Input(type=_drawn_type(name, value), optional=False)
    kind = _LITERALS.get(type(value))
    if kind is None:
        raise ValidationException(
            f"inputs.{name}: Unsupported input type: {kind_of(value)}, only Input, dict, str, bool, int and "
            "float are supported."
        )
    return Input(type=kind, default=value)


def _drawn_type(name: str, distribution: SweepDistribution) -> str:
    if isinstance(distribution, Randint):
        return InputTypes.INTEGER
    if not isinstance(distribution, Choice):
        return InputTypes.NUMBER
    kind = _LITERALS.get(type(distribution.values[0])) if distribution.values else None
    if kind is None:
        raise ValidationException(
            f"inputs.{name}: {distribution!r} cannot be declared: its first value must be a str, bool, int or float; "
            "declare the input with a plain value and give the distribution when you call the command."
        )
    return kind
