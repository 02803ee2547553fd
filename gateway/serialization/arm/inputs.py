"""Inputs of jobs: data by its asset type, all else as literal text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.asset_types import ASSET_TYPES, asset_type_from_arm
from gateway.entities.input import Input
from gateway.entities.names import check_name, is_binding, is_name
from gateway.entities.search_space import SweepDistribution
from gateway.exceptions import JobParsingError, ValidationException

_MODES = {
    "mount": "ReadOnlyMount",
    "rw_mount": "ReadWriteMount",
    "ro_mount": "ReadOnlyMount",
    "download": "Download",
    "eval_mount": "EvalMount",
    "eval_download": "EvalDownload",
    "direct": "Direct",
}
_MODES_FROM_ARM = {wire: mode for mode, wire in _MODES.items()}


def inputs_to_arm(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as they travel; literals of any type become text.

    Raises:
        ValidationException: a name, type or mode that an input cannot have, or a distribution.
    """
    body = {}
    for name, value in inputs.items():
        if not is_name(name):
            check_name(name, "inputs")
        body[name] = _data_to_arm(name, value) if isinstance(value, Input) else _literal_to_arm(name, value)
    return body


def inputs_from_arm(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The inputs of a body: Input objects and literal text.

    Raises:
        JobParsingError: an input of an unknown type.
    """
    return {name: _from_arm(name, value) for name, value in (body or {}).items() if value is not None}


def _data_to_arm(name: str, value: Input) -> dict[str, Any]:
    if is_binding(value.path):
        return {"value": value.path, "jobInputType": "literal"}
    if not isinstance(value.type, str) or value.type not in ASSET_TYPES:
        raise ValidationException(
            f"inputs.{name}: Job input type {value.type} is not supported as job input; "
            f"it is one of {', '.join(ASSET_TYPES)}."
        )
    body = {}
    if value.path is not None:
        body["uri"] = value.path
    if value.mode:
        mode = _MODES.get(str(value.mode).lower())
        if mode is None:
            raise ValidationException(f"inputs.{name}.mode: {value.mode!r} is not one of {', '.join(_MODES)}.")
        body["mode"] = mode
    body["jobInputType"] = value.type
    return body


def _literal_to_arm(name: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {"jobInputType": "literal"}
    if isinstance(value, SweepDistribution):
        raise ValidationException(
            f"inputs.{name}: {value!r} is a distribution; only a sweep draws it: job.sweep(primary_metric=...)."
        )
    return {"value": str(value), "jobInputType": "literal"}


def _from_arm(name: str, body: Mapping[str, Any]) -> Any:
    kind = asset_type_from_arm(body.get("jobInputType"))
    if kind == "literal":
        return body.get("value")
    if kind not in ASSET_TYPES:
        raise JobParsingError(f"inputs.{name}: Job input type {kind} is not supported as job input.")
    mode = body.get("mode")
    return Input(
        type=kind,
        path=body.get("uri"),
        mode=_MODES_FROM_ARM.get(mode, mode) if mode else None,
        path_on_compute=body.get("pathOnCompute"),
    )
