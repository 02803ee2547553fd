"""Inputs and outputs of steps and of pipelines: literals as text, data, and bindings.

Within a step keys are in snake_case, at the pipeline's own in camelCase. Source: the official SDK's
`_to_rest_inputs` and `_to_rest_outputs`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gateway.builders.ports import NodeInputs, NodeOutput, NodeOutputs, PipelineInput, PipelineOutput
from gateway.entities.job_io import Input, Output
from gateway.entities.names import is_binding
from gateway.exceptions import ErrorTarget, ValidationException
from gateway.serialization.arm.job_io import (
    input_mode_to_arm,
    inputs_from_arm,
    inputs_to_arm,
    output_mode_to_arm,
    outputs_from_arm,
    outputs_to_arm,
)
from gateway.serialization.arm.plain import camel, snake_keys

_INPUT_BINDING = re.compile(r"^\$\{\{parent\.(inputs|jobs)\.(.*?)\}\}$")
_OUTPUT_BINDING = re.compile(r"^\$\{\{parent\.outputs\.(.*?)\}\}$")
_OLD_BINDING = re.compile(r"^\$\{\{(inputs|jobs|outputs)\.(.*?)\}\}$")


def step_inputs_to_arm(ports: NodeInputs) -> dict[str, Any]:
    """The inputs of a step as they travel; bound ones first, as with the official SDK.

    Raises:
        ValidationException: a type or mode that an input cannot have, or a binding of an older form.
    """
    bound: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, port in ports.items():
        data, mode = port.data, port._mode
        if data is None:
            continue
        if isinstance(data, PipelineInput | NodeOutput):
            bound[name] = _bound_input(data.binding, mode)
            continue
        if isinstance(data, Input):
            path, mode = data.path, data.mode
        else:
            path = data if is_binding(data) else None
        if isinstance(path, str) and _INPUT_BINDING.match(path):
            bound[name] = _bound_input(path, mode)
        else:
            _refuse_old_binding(name, path)
            others[name] = data
    if not others:
        return bound
    made = inputs_to_arm(others)
    return bound | {name: snake_keys(entry) for name, entry in made.items()}


def step_outputs_to_arm(ports: NodeOutputs) -> dict[str, Any]:
    """The outputs of a step as they travel; those without a configuration are left out.

    Raises:
        ValidationException: a type or mode that an output cannot have, or a binding of an older form.
    """
    bound: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, port in ports.items():
        data = port.data
        if data is None:
            continue
        if isinstance(data, PipelineOutput):
            bound[name] = _bound_output(data.binding, port._mode, data.asset_name, data.asset_version)
            continue
        output = data if isinstance(data, Output) else Output(path=data, mode=port._mode)
        if isinstance(output.path, str) and _OUTPUT_BINDING.match(output.path):
            bound[name] = _bound_output(output.path, output.mode, output.name, output.version)
            if output.name is not None:
                others[name] = None  # keeps its place among those that are not bound
        else:
            _refuse_old_binding(name, output.path)
            others[name] = output
    body = {}
    for name, entry in outputs_to_arm(others).items() if others else ():
        body[name] = _step_output(ports[name], entry)
    return body | bound


def _step_output(port: Any, entry: dict[str, Any]) -> dict[str, Any]:
    made = snake_keys(entry)
    for wire, key in (("asset_name", "name"), ("asset_version", "version")):
        if wire in made:
            made[key] = made.pop(wire)
    if port.meta is not None and port.meta.type == "uri_file":
        made["job_output_type"] = "uri_file"
    return made


def pipeline_inputs_to_arm(ports: NodeInputs) -> dict[str, Any]:
    """The inputs of a pipeline job as they travel; empty text is left out, as the service takes it for a value.

    Raises:
        ValidationException: a type or mode that an input cannot have.
    """
    values: dict[str, Any] = {}
    for name, port in ports.items():
        data = port.data
        if isinstance(data, PipelineInput | NodeOutput):
            data = Input(path=data.binding, mode=port._mode)
        if data is not None and data != "":
            values[name] = data
    return inputs_to_arm(values, dots=True)


def pipeline_outputs_to_arm(ports: NodeOutputs) -> dict[str, Any]:
    """The outputs of a pipeline job as they travel.

    Raises:
        ValidationException: a type or mode that an output cannot have.
    """
    return outputs_to_arm(
        {name: port.effective() if isinstance(port, PipelineOutput) else port.data for name, port in ports.items()}
    )


def step_inputs_from_arm(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The inputs of a step: Input objects, bindings and literal text.

    Raises:
        JobParsingError: an input of an unknown type.
    """
    read: dict[str, Any] = {}
    for name, entry in (body or {}).items():
        if not isinstance(entry, Mapping):
            read[name] = entry
            continue
        wire = {camel(key): value for key, value in entry.items()}
        if is_binding(wire.get("value")):
            mode = inputs_from_arm({name: {"jobInputType": "uri_folder", "mode": wire.get("mode")}})[name].mode
            read[name] = Input(path=wire["value"], mode=mode) if mode else wire["value"]
        else:
            read[name] = inputs_from_arm({name: {"jobInputType": "literal", **wire}})[name]
    return read


def step_outputs_from_arm(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The outputs of a step: Output objects and bindings.

    Raises:
        JobParsingError: an output of an unknown type.
    """
    read: dict[str, Any] = {}
    for name, entry in (body or {}).items():
        wire = {camel(key): value for key, value in entry.items()}
        wire |= {"assetName": wire.get("name"), "assetVersion": wire.get("version"), "jobOutputType": "uri_folder"} | {
            key: value for key, value in wire.items() if key == "jobOutputType"
        }
        output = outputs_from_arm({name: wire})[name]
        if "value" in wire:
            output.path = wire["value"]
            plain_binding = not (output.mode or output.name or output.version)
            read[name] = wire["value"] if plain_binding else output
        else:
            read[name] = output
    return read


def _bound_input(binding: str, mode: str | None) -> dict[str, Any]:
    body = {"value": binding, "job_input_type": "literal"}
    if mode:
        body["mode"] = input_mode_to_arm(mode)
    return body


def _bound_output(binding: str, mode: str | None, name: str | None, version: str | None) -> dict[str, Any]:
    body = {"value": binding, "type": "literal"}
    if mode:
        body["mode"] = output_mode_to_arm(mode)
    if name:
        body["name"] = name
    if version:
        body["version"] = version
    return body


def _refuse_old_binding(name: str, path: Any) -> None:
    if isinstance(path, str) and _OLD_BINDING.match(path):
        raise ValidationException(
            f"{name}: {path} has changed to {path.replace('{{', '{{parent.')}, please change to use new format.",
            target=ErrorTarget.PIPELINE,
        )
