"""Inputs and outputs of jobs: data by its asset type, every other input as literal text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.constants import AssetTypes
from gateway.entities.job_io import ASSET_TYPES, Input, Output, asset_type_from_arm
from gateway.entities.names import check_name, is_binding, is_name
from gateway.entities.search_space import SweepDistribution
from gateway.exceptions import JobParsingError, ValidationException, invalid_value
from gateway.serialization.arm.plain import present

_INPUT_MODES = {
    "mount": "ReadOnlyMount",
    "rw_mount": "ReadWriteMount",
    "ro_mount": "ReadOnlyMount",
    "download": "Download",
    "eval_mount": "EvalMount",
    "eval_download": "EvalDownload",
    "direct": "Direct",
}
# Of several names of a mode the last one wins: `ro_mount`, which is what the official reader gives.
_INPUT_MODES_FROM_ARM = {wire: mode for mode, wire in _INPUT_MODES.items()}


def inputs_to_arm(inputs: Mapping[str, Any], *, dots: bool = False) -> dict[str, Any]:
    """The inputs as they travel; literals of any type become text.

    Parameters:
        dots: whether names may have dots, as those of grouped inputs of a pipeline have.

    Raises:
        ValidationException: a name, type or mode that an input cannot have, or a distribution.
    """
    body = {}
    for name, value in inputs.items():
        if not is_name(name):
            for part in name.split(".") if dots else (name,):
                check_name(part, "inputs")
        body[name] = _data_to_arm(name, value) if isinstance(value, Input) else _literal_to_arm(name, value)
    return body


def inputs_from_arm(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The inputs of a body: Input objects and literal text.

    Raises:
        JobParsingError: an input of an unknown type.
    """
    return {name: _input_from_arm(name, value) for name, value in (body or {}).items() if value is not None}


def _data_to_arm(name: str, value: Input) -> dict[str, Any]:
    # As the official SDK sends it: what is bound is a literal, whatever the input's type.
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
        body["mode"] = input_mode_to_arm(value.mode, name)
    body["jobInputType"] = value.type
    return body


def input_mode_to_arm(mode: Any, name: str = "") -> str:
    """The mode of an input as it travels.

    Raises:
        ValidationException: it is not known.
    """
    wire = _INPUT_MODES.get(str(mode).lower())
    if wire is None:
        raise ValidationException(f"inputs.{name}.mode: {mode!r} is not one of {', '.join(_INPUT_MODES)}.")
    return wire


def _literal_to_arm(name: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {"jobInputType": "literal"}
    if isinstance(value, SweepDistribution):
        raise ValidationException(
            f"inputs.{name}: {value!r} is a distribution; only a sweep draws it: job.sweep(primary_metric=...)."
        )
    # `True`, not `true`: the official SDK sends Python's own text, also of truth values.
    return {"value": str(value), "jobInputType": "literal"}


def _input_from_arm(name: str, body: Mapping[str, Any]) -> Any:
    kind = asset_type_from_arm(body.get("jobInputType"))
    if kind == "literal":
        return body.get("value")
    if kind not in ASSET_TYPES:
        raise JobParsingError(f"inputs.{name}: Job input type {kind} is not supported as job input.")
    mode = body.get("mode")
    return Input(
        type=kind,
        path=body.get("uri"),
        mode=_INPUT_MODES_FROM_ARM.get(mode, mode) if mode else None,
        path_on_compute=body.get("pathOnCompute"),
    )


_OUTPUT_MODES = {"mount": "ReadWriteMount", "upload": "Upload", "rw_mount": "ReadWriteMount", "direct": "Direct"}
_OUTPUT_MODES_FROM_ARM = {wire: mode for mode, wire in _OUTPUT_MODES.items()}


def outputs_to_arm(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs as they travel.

    Raises:
        ValidationException: a name, type or mode that an output cannot have, or something that is not an Output.
    """
    body = {}
    for name, value in outputs.items():
        check_name(name, "outputs")
        # An output of which only the name is given is a folder.
        body[name] = {"jobOutputType": AssetTypes.URI_FOLDER} if value is None else _output_to_arm(name, value)
    return body


def outputs_from_arm(body: Mapping[str, Any] | None) -> dict[str, Output]:
    """The outputs of a body.

    Raises:
        JobParsingError: an output of an unknown type.
    """
    return {name: _output_from_arm(name, value) for name, value in (body or {}).items() if value is not None}


def _output_to_arm(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Output):
        raise invalid_value(f"outputs.{name}", value, "Output(type=..., path=...)")
    kind = value.type or AssetTypes.URI_FOLDER
    if not isinstance(kind, str) or kind not in ASSET_TYPES:
        raise ValidationException(
            f"outputs.{name}: unsupported JobOutput type: {kind}; it is one of {', '.join(ASSET_TYPES)}."
        )
    mode = output_mode_to_arm(value.mode, name) if value.mode else None
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


def output_mode_to_arm(mode: Any, name: str = "") -> str:
    """The mode of an output as it travels.

    Raises:
        ValidationException: it is not known.
    """
    wire = _OUTPUT_MODES.get(str(mode).lower())
    if wire is None:
        raise ValidationException(f"outputs.{name}.mode: {mode!r} is not one of {', '.join(_OUTPUT_MODES)}.")
    return wire


def _output_from_arm(name: str, body: Mapping[str, Any]) -> Output:
    kind = asset_type_from_arm(body.get("jobOutputType"))
    if kind not in ASSET_TYPES:
        raise JobParsingError(f"outputs.{name}: unsupported JobOutput type: {kind}.")
    mode = body.get("mode")
    return Output(
        type=kind,
        path=body.get("uri"),
        mode=_OUTPUT_MODES_FROM_ARM.get(mode, mode) if mode else None,
        path_on_compute=body.get("pathOnCompute"),
        description=body.get("description"),
        name=body.get("assetName"),
        version=body.get("assetVersion"),
    )
