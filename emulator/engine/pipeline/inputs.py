"""The inputs of a step, worked out when it starts: literals, data, and what other steps have written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contracts.pipelines.bindings import (
    Binding,
    PipelineInput,
    PipelineOutput,
    StepOutput,
    UnknownBinding,
    is_name,
    replaced,
)
from contracts.pipelines.graph import input_binding, input_bindings
from emulator.engine.pipeline.interface import InputPort, Interface

#: Modes as components and job files write them, and as job bodies do.
_MODES = {
    "ro_mount": "ReadOnlyMount",
    "rw_mount": "ReadWriteMount",
    "mount": "ReadWriteMount",
    "upload": "Upload",
    "download": "Download",
    "direct": "Direct",
    "eval_mount": "EvalMount",
    "eval_download": "EvalDownload",
}


#: As the service was seen to say it of an output that is a value and was not written.
_NO_VALUE = (
    "Failed to get azureml.pipeline.control properties. User needs to write controloutput value to "
    "azureml.pipeline.control properties. Linked parameter name is {}"
)


class StepRefused(ValueError):
    """A step cannot run as its pipeline says it; the text says why and what to do."""


def wire_mode(mode: str | None) -> str | None:
    """A mode as bodies write it: `ro_mount` is `ReadOnlyMount`; others stay as they are."""
    return None if mode is None else _MODES.get(mode.lower(), mode)


def step_inputs(
    step: str,
    given: Mapping[str, Any],
    interface: Interface,
    *,
    parent: Mapping[str, Any],
    output_of: Callable[[str, str | None], Mapping[str, Any] | None],
) -> dict[str, dict[str, Any]]:
    """The `inputs` of the job that a step becomes, in the order of the component's interface.

    A hyperparameter of a sweep step has no value (`{"job_input_type": "literal"}`) and is left out.

    Parameters:
        step: its name, for messages.
        given: `jobs.<step>.inputs`.
        interface: of its component.
        parent: `properties.inputs` of the pipeline, or the worked-out inputs of the nested pipeline around it.
        output_of: the job input (`uri`, `jobInputType`) that an output of another step makes; None where that step did
            not write it.

    Raises:
        StepRefused: an input that the component requires has no value, or one is bound to what does not exist.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, port in interface.inputs.items():
        value = _value(step, name, given.get(name), port, parent, output_of)
        if value is not None:
            found[name] = value
        elif port.default is not None and port.is_literal:
            found[name] = {"jobInputType": "literal", "value": port.default}
        # Only what the node names: the official client leaves out inputs that have no value.
        elif not port.optional and name in given and _has_content(given[name]):
            raise StepRefused(f"Step {step}: its required input {name} has no value; bind it to one that has.")
    return found


def _has_content(value: Any) -> bool:
    return not isinstance(value, Mapping) or "value" in value or "uri" in value


def _value(
    step: str,
    name: str,
    value: Any,
    port: InputPort,
    parent: Mapping[str, Any],
    output_of: Callable[[str, str | None], Mapping[str, Any] | None],
) -> dict[str, Any] | None:
    if value is None or not _has_content(value):
        return None
    match input_binding(value):
        case PipelineInput(source):
            if source not in parent:
                return None  # an optional input of the pipeline that was given no value
            found = dict(parent[source])
        case StepOutput(producer, output):
            written = output_of(producer, output)
            if written is None:
                return None
            if written.get("jobInputType") == "literal" and written.get("value") is None:
                raise StepRefused(_NO_VALUE.format(name))
            found = dict(written)
        case PipelineOutput() | UnknownBinding() as other if len(input_bindings(value)) == 1 and not is_name(other):
            raise StepRefused(f"Step {step}: its input {name} is bound to {other}, which is not an input or an output.")
        case _ if input_bindings(value):
            text = _joined(value, parent, output_of)
            if text is None:
                return None
            found = {"jobInputType": "literal", "value": text}
        case _ if isinstance(value, Mapping) and "uri" in value:
            found = {"jobInputType": value.get("job_input_type") or port.type, "uri": value["uri"]}
        case _:
            found = {"jobInputType": "literal", "value": _text(value)}
    mode = wire_mode((value.get("mode") if isinstance(value, Mapping) else None) or port.mode)
    if "uri" in found and mode:
        found["mode"] = mode
    if "value" in found and "uri" not in found and not port.is_literal:
        found = {"jobInputType": port.type, "uri": found["value"], **({"mode": mode} if mode else {})}
    return found


class _Absent(Exception):
    """A binding within a text has no value."""


def _joined(
    value: Any, parent: Mapping[str, Any], output_of: Callable[[str, str | None], Mapping[str, Any] | None]
) -> str | None:
    """The text of an input in which bindings are replaced by values and addresses; None where one has no value."""

    def value_of(binding: Binding) -> str:
        match binding:
            case PipelineInput(source):
                found = parent.get(source)
            case StepOutput(producer, output):
                found = output_of(producer, output)
            case _:
                return str(binding)  # `${{parent.name}}`: passed on as it is, inferred
        if found is None:
            raise _Absent
        return str(found["uri"]).rstrip("/") if "uri" in found else str(found["value"])

    text = value.get("value", value.get("uri")) if isinstance(value, Mapping) else value
    try:
        return replaced(str(text), value_of)
    except _Absent:
        return None


def _text(value: Any) -> str:
    """A literal as text; Python's spelling of booleans is the recorded one (`"True"`)."""
    return str(value.get("value") if isinstance(value, Mapping) else value)
