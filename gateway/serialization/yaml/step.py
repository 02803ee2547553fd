"""Steps in pipeline files: `jobs`, each a command in place, a component, a sweep or another pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.job_types import COMMAND, PIPELINE, SWEEP, RefusedJobType, served_yaml_type
from contracts.pipelines.bindings import PipelineInput, PipelineOutput, StepOutput, parse_binding
from gateway.builders.command import Command
from gateway.builders.command_func import command
from gateway.builders.node import Node
from gateway.builders.pipeline import Pipeline
from gateway.builders.sweep import Sweep
from gateway.constants import AssetTypes
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import ComponentSource
from gateway.entities.job_io import Input, Output
from gateway.entities.names import is_binding
from gateway.exceptions import ValidationException
from gateway.serialization.yaml.command import COMMAND_FIELDS, COMPONENT_FIELDS, make_component
from gateway.serialization.yaml.fields import TEXT, Codec, Field, enum, mapping_of, optional
from gateway.serialization.yaml.job_io import INPUTS, OUTPUT
from gateway.serialization.yaml.job_settings import COMMAND_LIMITS, IDENTITY, QUEUE_SETTINGS, RESOURCES, SERVICES
from gateway.serialization.yaml.job_settings import SWEEP_LIMITS as LIMITS
from gateway.serialization.yaml.problems import Invalid, Problem, wrong
from gateway.serialization.yaml.references import COMPUTE, FILE, PREFIX, asset, included
from gateway.serialization.yaml.schema import ObjectSchema
from gateway.serialization.yaml.search_space import SEARCH_SPACE
from gateway.serialization.yaml.sweep_settings import EARLY_TERMINATION, OBJECTIVE, SAMPLING_ALGORITHM

_REGISTRY = "azureml://registries/"
#: Fields of a command that belong to its component where there is one.
_OF_COMPONENT = frozenset({"command", "code"})
_TEXTS = mapping_of(optional(TEXT))


def _bindable(schema: ObjectSchema) -> ObjectSchema:
    """The same, where each field may be a binding to an input of the pipeline."""

    def either(codec: Codec) -> Field:
        return Field(
            lambda value, folder: value if is_binding(value) else codec.read(value, folder),
            lambda value, folder: value if is_binding(value) else codec.write(value, folder),
        )

    fields = {name: either(codec) for name, codec in schema.fields.items()}
    return ObjectSchema(schema.make, fields, required=schema.required, renamed_keys=schema.renamed_keys)


@dataclass(frozen=True)
class InlineCommand:
    """A command in place of a component; its component's declarations depend on what it is bound to.

    Parameters:
        values: its fields.
        folder: where its paths start.
    """

    values: dict[str, Any]
    folder: str


def _read_output(value: Any, folder: str) -> Any:
    if value is None or isinstance(value, str):
        return value
    return OUTPUT.read(value, folder)


def _write_output(value: Any, folder: str) -> Any:
    return value if isinstance(value, str) else OUTPUT.write(value, folder)


_COMMON: dict[str, Codec] = {
    "$schema": TEXT,
    "name": TEXT,
    "display_name": TEXT,
    "description": TEXT,
    "experiment_name": TEXT,
    "tags": _TEXTS,
    "properties": _TEXTS,
    "comment": TEXT,
    "compute": COMPUTE,
    "inputs": INPUTS,
    "outputs": mapping_of(Field(_read_output, _write_output)),
    "identity": IDENTITY,
    "services": SERVICES,
}
_INLINE_COMPONENT = ObjectSchema(
    lambda **values: make_component(**{**values, "source": ComponentSource.YAML_JOB, "name": None, "version": None}),
    COMPONENT_FIELDS,
    required=["command"],
    ignored=["id", "creation_context", "latest_version"],
    located=True,
)
_FILE_COMPONENT = ObjectSchema(
    lambda **values: make_component(**{**values, "name": None, "version": None}),
    COMPONENT_FIELDS,
    required=["command", "environment"],
    ignored=["id", "creation_context", "latest_version"],
    located=True,
)


def component_reference(value: Any, folder: str, read: Callable[[Any, str], Any]) -> Any:
    """A component that a step names: the id of a registered one, or what is in its file, which is then anonymous.

    Parameters:
        read: reads the file's mapping.

    Raises:
        Invalid: neither, or mistakes in the file.
    """
    if not isinstance(value, str):
        raise wrong(value, "a component", "Write azureml:name:version, or the path of the component's file.")
    if value.startswith(_REGISTRY):
        return value
    if value.startswith(PREFIX):
        name = asset(value, version_required=False)
        if name is None:
            raise wrong(value, "a component", "Write azureml:name:version, or the path of the component's file.")
        return name
    component = included(value if value.startswith(FILE) else FILE + value, folder, read)
    if value.startswith(FILE):
        # Source: measured; what `file:` includes counts as written in place.
        component._source = ComponentSource.YAML_JOB
    component._source_path = str(Path(folder, value.removeprefix(FILE)))
    return component


def _read_component(value: Any, folder: str) -> CommandComponent | str:
    component: CommandComponent | str
    if isinstance(value, dict):
        component = _INLINE_COMPONENT.read(value, folder)
    else:
        component = component_reference(value, folder, _FILE_COMPONENT.read)
    return component


def _write_component(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return value if value.startswith((PREFIX, _REGISTRY)) else PREFIX + value
    return _INLINE_COMPONENT.write(value, str(value.base_path))


_COMPONENT = Field(_read_component, _write_component)


def _read_pipeline_component(value: Any, folder: str) -> Any:
    from gateway.serialization.yaml.pipeline import ANONYMOUS_PIPELINE_COMPONENT

    return component_reference(value, folder, ANONYMOUS_PIPELINE_COMPONENT.read)


def _make_command(**values: Any) -> Command:
    for name in ("$schema", "type"):
        values.pop(name, None)
    resources, limits = values.pop("resources", None), values.pop("limits", None)
    made: Command = command(**values)
    if resources is not None:
        made.resources = resources
    made.limits = limits
    return made


def _make_sweep(**values: Any) -> Sweep:
    for name in ("$schema", "type"):
        values.pop(name, None)
    return Sweep(**values)


def _make_pipeline(**values: Any) -> Pipeline:
    for name in ("$schema", "type", "identity", "services"):
        values.pop(name, None)
    return Pipeline(**values)


_COMMAND_STEP = ObjectSchema(
    _make_command,
    {
        **_COMMON,
        "type": enum(COMMAND.yaml_name),
        "component": _COMPONENT,
        "limits": _bindable(COMMAND_LIMITS),
        **{name: codec for name, codec in COMMAND_FIELDS.items() if name not in _OF_COMPONENT},
        "resources": _bindable(RESOURCES),
    },
    required=["component"],
    located=True,
)
_INLINE_STEP = ObjectSchema(
    dict,
    {**_COMMON, "type": enum(COMMAND.yaml_name), "limits": _bindable(COMMAND_LIMITS), **COMMAND_FIELDS},
    required=["command"],
)
_SWEEP_STEP = ObjectSchema(
    _make_sweep,
    {
        **_COMMON,
        "type": enum(SWEEP.yaml_name),
        "trial": _COMPONENT,
        "search_space": SEARCH_SPACE,
        "sampling_algorithm": SAMPLING_ALGORITHM,
        "objective": OBJECTIVE,
        "early_termination": EARLY_TERMINATION,
        "limits": _bindable(LIMITS),
        "queue_settings": QUEUE_SETTINGS,
        "resources": _bindable(RESOURCES),
    },
    required=["trial", "objective"],
    located=True,
)
_PIPELINE_STEP = ObjectSchema(
    _make_pipeline,
    {
        **_COMMON,
        "type": enum(PIPELINE.yaml_name),
        "component": Field(_read_pipeline_component, lambda value, folder: value),
    },
    required=["component"],
    located=True,
)
_BY_TYPE = {PIPELINE.yaml_name: _PIPELINE_STEP, SWEEP.yaml_name: _SWEEP_STEP, COMMAND.yaml_name: _COMMAND_STEP}


def _read_step(value: Any, folder: str) -> Node | InlineCommand:
    if not isinstance(value, dict):
        raise wrong(value, "a step", "A step is a mapping with type and component, or with command and environment.")
    kind = value.get("type", COMMAND.yaml_name)
    schema = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if schema is None:
        raise Invalid(_refused(str(kind)).below("type"))
    if schema is _COMMAND_STEP and "component" not in value:
        return InlineCommand(_INLINE_STEP.values(value, folder), folder)
    step: Node = schema.read(value, folder)
    return step


def _refused(kind: str) -> Invalid:
    instead = "Use a command, sweep or pipeline step."
    try:
        served_yaml_type(kind)
    except RefusedJobType as refused:
        instead = str(refused)
    return Invalid([Problem((), f"steps of type {kind!r} do not run here.", instead)])


def _write_step(value: Any, folder: str) -> Any:
    schema = _BY_TYPE[value.type]
    written = schema.write(StepView(value), str(value.base_path))
    written.pop("name", None)
    return {"type": value.type, **{key: entry for key, entry in written.items() if key != "type" and entry != {}}}


class StepView:
    """A step as its file has it: bindings as text, values of its ports.

    Parameters:
        step: the step.
    """

    def __init__(self, step: Node) -> None:
        self._step = step

    def __getattr__(self, name: str) -> Any:
        if name == "inputs":
            return {key: _port_value(port) for key, port in self._step.inputs.items() if port.data is not None}
        if name == "outputs":
            return {key: _port_value(port) for key, port in self._step.outputs.items() if port.data is not None}
        if name == "trial" and isinstance(self._step, Sweep):
            return self._step._component
        return getattr(self._step, name)


def _port_value(port: Any) -> Any:
    binding = getattr(port.data, "binding", None)
    return port.data if binding is None else binding


STEPS = mapping_of(Field(_read_step, _write_step))


def resolved_steps(
    steps: Mapping[str, Node | InlineCommand], inputs: Mapping[str, Any], outputs: Mapping[str, Any]
) -> dict[str, Node]:
    """The steps of a file, those in place with components of their own, each called by its key.

    Parameters:
        steps: as they were read.
        inputs, outputs: those of the pipeline, by which bound ones are declared.
    """
    sources = _Sources(steps, inputs, outputs)
    made: dict[str, Node] = {}
    for name, step in steps.items():
        made[name] = _inline_step(step, sources) if isinstance(step, InlineCommand) else step
        made[name].name = name
    return made


def _inline_step(step: InlineCommand, sources: _Sources) -> Command:
    values = dict(step.values)
    for ignored in ("$schema", "type", "name", "experiment_name"):
        values.pop(ignored, None)
    own = {key: values.pop(key, None) for key in ("command", "code", "environment", "distribution", "resources")}
    inputs, outputs = values.get("inputs") or {}, values.get("outputs") or {}
    component = CommandComponent(
        **own,
        tags=values.get("tags"),
        description=values.get("description"),
        inputs={name: sources.declared_input(value) for name, value in inputs.items()},
        outputs={name: sources.declared_output(value) for name, value in outputs.items()},
        base_path=step.folder,
        source=ComponentSource.YAML_JOB,
    )
    return Command(component=component, base_path=step.folder, **values)


class _Sources:
    """What the bindings of a file's steps lead to."""

    def __init__(
        self, steps: Mapping[str, Node | InlineCommand], inputs: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> None:
        self._steps, self._inputs, self._outputs = steps, inputs, outputs

    def declared_input(self, value: Any) -> Input:
        """The declaration of an input that has this value."""
        if isinstance(value, Input):
            return value.copy()
        if parse_binding(value) is not None:
            kind, mode = self._type_and_mode(str(value))
            return Input(type=kind, mode=mode)
        return Input(type=_literal_type(value), default=value)

    def declared_output(self, value: Any) -> Output:
        """The declaration of an output that has this value."""
        if isinstance(value, str):
            kind, mode = self._type_and_mode(value)
            return Output(type=kind, mode=mode)
        return Output() if value is None else value.copy()

    def _type_and_mode(self, binding: str, seen: tuple[str, ...] = ()) -> tuple[str, str | None]:
        match parse_binding(binding):
            case PipelineInput(name) if name in self._inputs:
                return _type_of(self._inputs[name]), getattr(self._inputs[name], "mode", None)
            case PipelineOutput(name) if name in self._outputs:
                return _type_of(self._outputs[name]), getattr(self._outputs[name], "mode", None)
            case StepOutput(step, output) if step in self._steps and output and binding not in seen:
                return self._step_output(self._steps[step], output, (*seen, binding)), None
            case StepOutput(step) if step not in self._steps:
                known = ", ".join(self._steps)
                raise ValidationException(f"Failed to find referenced source for input binding {binding}: {known}.")
            case StepOutput():
                return AssetTypes.URI_FOLDER, None
            case _:
                raise ValidationException(f"Failed to find top level definition for input binding {binding}.")

    def _step_output(self, step: Node | InlineCommand, output: str, seen: tuple[str, ...]) -> str:
        if isinstance(step, InlineCommand):
            given = (step.values.get("outputs") or {}).get(output)
        else:
            port = step.outputs.get(output)
            if port is not None and port.meta is not None:
                return str(port.meta.type)
            given = port.data if port is not None else None
        return self._type_and_mode(given, seen)[0] if isinstance(given, str) else _type_of(given)


def _literal_type(value: Any) -> str:
    return {bool: "boolean", int: "integer", float: "number"}.get(type(value), "string")


def _type_of(value: Any) -> str:
    if isinstance(value, str | bool | int | float):
        return _literal_type(value)
    return getattr(value, "type", None) or AssetTypes.URI_FOLDER
