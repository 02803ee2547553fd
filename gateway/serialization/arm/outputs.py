"""Outputs of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.constants import AssetTypes
from gateway.entities.asset_types import ASSET_TYPES, asset_type_from_arm
from gateway.entities.names import check_name
from gateway.entities.output import Output
from gateway.exceptions import JobParsingError, ValidationException, unfit
from gateway.serialization.arm.plain import present

_MODES = {"mount": "ReadWriteMount", "upload": "Upload", "rw_mount": "ReadWriteMount", "direct": "Direct"}
_MODES_FROM_ARM = {wire: mode for mode, wire in _MODES.items()}


def outputs_to_arm(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs as they travel.

    Raises:
        ValidationException: a name, type or mode that an output cannot have, or something that is no Output.
    """
    body = {}
    for name, value in outputs.items():
        check_name(name, "outputs")
        body[name] = {"jobOutputType": AssetTypes.URI_FOLDER} if value is None else _to_arm(name, value)
    return body


def outputs_from_arm(body: Mapping[str, Any] | None) -> dict[str, Output]:
    """The outputs of a body.

    Raises:
        JobParsingError: an output of an unknown type.
    """
    return {name: _from_arm(name, value) for name, value in (body or {}).items() if value is not None}


def _to_arm(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Output):
        raise unfit(f"outputs.{name}", value, "Output(type=..., path=...)")
    kind = value.type or AssetTypes.URI_FOLDER
    if not isinstance(kind, str) or kind not in ASSET_TYPES:
        raise ValidationException(
            f"outputs.{name}: unsupported JobOutput type: {kind}; it is one of {', '.join(ASSET_TYPES)}."
        )
    mode = _MODES.get(str(value.mode).lower()) if value.mode else None
    if value.mode and mode is None:
        raise ValidationException(f"outputs.{name}.mode: {value.mode!r} is not one of {', '.join(_MODES)}.")
    return present(
        {
            "assetName": value.name,
            "uri": value.path,
            "mode": mode,
            "description": value.description,
            "jobOutputType": kind,
            "assetVersion": value.version,
        }
    )


def _from_arm(name: str, body: Mapping[str, Any]) -> Output:
    kind = asset_type_from_arm(body.get("jobOutputType"))
    if kind not in ASSET_TYPES:
        raise JobParsingError(f"outputs.{name}: unsupported JobOutput type: {kind}.")
    mode = body.get("mode")
    return Output(
        type=kind,
        path=body.get("uri"),
        mode=_MODES_FROM_ARM.get(mode, mode) if mode else None,
        path_on_compute=body.get("pathOnCompute"),
        description=body.get("description"),
        name=body.get("assetName"),
        version=body.get("assetVersion"),
    )
