"""Steps in pipeline files: `jobs`, each a command in place, a component, a sweep or another pipeline."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from contracts.diagnostics.suggestions import closest
from contracts.job_types import COMMAND, PIPELINE, SWEEP, served_types
from contracts.references import load
from gateway import job_types
from gateway.builders.bound_settings import bound, text_of
from gateway.builders.command import Command
from gateway.builders.command_func import command
from gateway.builders.node import Node
from gateway.builders.pipeline import Pipeline
from gateway.builders.ports import NodeInput
from gateway.builders.sweep import Sweep
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import ComponentSource
from gateway.entities.distribution import DISTRIBUTION_CONFIGURATIONS
from gateway.entities.job_io import Input, Output
from gateway.entities.names import is_binding
from gateway.entities.resource import copied
from gateway.serialization.yaml.command import COMMAND_FIELDS, COMPONENT_FIELDS, distribution_schema, make_component
from gateway.serialization.yaml.component_kinds import check_kind, refused_kind
from gateway.serialization.yaml.fields import TEXT, Codec, Field, enum, mapping_of, optional
from gateway.serialization.yaml.inline_steps import InlineCommand
from gateway.serialization.yaml.job_io import INPUTS, OUTPUT
from gateway.serialization.yaml.job_settings import COMMAND_LIMITS, IDENTITY, QUEUE_SETTINGS, RESOURCES, SERVICES
from gateway.serialization.yaml.job_settings import SWEEP_LIMITS as LIMITS
from gateway.serialization.yaml.problems import Invalid, Problem, unknown, wrong
from gateway.serialization.yaml.references import COMPUTE, FILE, PREFIX, asset, included
from gateway.serialization.yaml.schema import ObjectSchema, RegisteredSchemas, TaggedUnion
from gateway.serialization.yaml.search_space import SEARCH_SPACE
from gateway.serialization.yaml.sweep_settings import EARLY_TERMINATION, OBJECTIVE, SAMPLING_ALGORITHM

_REGISTRY = "azureml://registries/"
#: Fields of a command that belong to its component where there is one.
_OF_COMPONENT = frozenset({"command", "code"})
_TEXTS = mapping_of(optional(TEXT))
#: Objects with settings that may be bound to inputs of the pipeline.
_SETTINGS = frozenset({"limits", "resources", "distribution", "queue_settings"})


def _either(codec: Codec) -> Field:
    """A value, or a binding to an input of the pipeline."""
    return Field(
        lambda value, folder: value if is_binding(value) else codec.read(value, folder),
        lambda value, folder: value if is_binding(value) else codec.write(value, folder),
    )


def _bindable(schema: ObjectSchema) -> ObjectSchema:
    """The same, where each field may be a binding to an input of the pipeline."""

    fields = {name: _either(codec) for name, codec in schema.fields.items()}
    return ObjectSchema(schema.make, fields, required=schema.required, renamed_keys=schema.renamed_keys)


def _read_output(value: Any, folder: str) -> Any:
    if value is None or isinstance(value, str):
        return value
    return OUTPUT.read(value, folder)


def _write_output(value: Any, folder: str) -> Any:
    return value if isinstance(value, str) else OUTPUT.write(value, folder)


_DISTRIBUTION = TaggedUnion(
    RegisteredSchemas(DISTRIBUTION_CONFIGURATIONS, lambda cls: _bindable(distribution_schema(cls)))
)
_COMMON: dict[str, Codec] = {
    "$schema": TEXT,
    "name": TEXT,
    "display_name": TEXT,
    "description": TEXT,
    "experiment_name": TEXT,
    "tags": _TEXTS,
    "properties": _TEXTS,
    "comment": TEXT,
    "compute": _either(COMPUTE),
    "inputs": INPUTS,
    "outputs": mapping_of(Field(_read_output, _write_output)),
    "identity": IDENTITY,
    "services": SERVICES,
}
_INLINE_COMPONENT = ObjectSchema(
    lambda **values: make_component(**{**values, "source": ComponentSource.YAML_JOB, "name": None, "version": None}),
    {**COMPONENT_FIELDS, "resources": _bindable(RESOURCES), "distribution": _DISTRIBUTION},
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
        check_kind(value, COMMAND.yaml_name)
        component = _INLINE_COMPONENT.read(value, folder)
    else:
        component = component_reference(value, folder, _read_file_component)
    return component


def _read_file_component(value: Any, folder: str) -> Any:
    check_kind(value, COMMAND.yaml_name)
    return _FILE_COMPONENT.read(value, folder)


def _write_component(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return _write_reference(value)
    value = copied(value)
    value.resources, value.distribution = bound(value.resources), bound(value.distribution)
    return _INLINE_COMPONENT.write(value, str(value.base_path))


def _write_reference(value: str) -> str:
    return value if value.startswith((PREFIX, _REGISTRY)) else PREFIX + value


_COMPONENT = Field(_read_component, _write_component)


def _pipeline_component() -> ObjectSchema:
    """The schema of a pipeline component, which has steps itself."""
    from gateway.serialization.yaml.pipeline import ANONYMOUS_PIPELINE_COMPONENT

    return ANONYMOUS_PIPELINE_COMPONENT


def _read_pipeline_component(value: Any, folder: str) -> Any:
    """A pipeline component by its name, in its file, or in place, as `dump` writes it."""
    read = _pipeline_component().read
    return read(value, folder) if isinstance(value, dict) else component_reference(value, folder, read)


def _write_pipeline_component(value: Any, folder: str) -> Any:
    return _write_reference(value) if isinstance(value, str) else _pipeline_component().write(value, folder)


def _make_command(**values: Any) -> Command:
    for name in ("$schema", "type"):
        values.pop(name, None)
    resources, limits = values.pop("resources", None), values.pop("limits", None)
    made: Command = command(**values)
    if resources is not None:
        made.resources = resources
    # `command()` takes both in parts (instance_count, timeout ...), as the official SDK's does; a file has them whole.
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


COMMAND_STEP = ObjectSchema(
    _make_command,
    {
        **_COMMON,
        "type": enum(COMMAND.yaml_name),
        "component": _COMPONENT,
        "limits": _bindable(COMMAND_LIMITS),
        **{name: codec for name, codec in COMMAND_FIELDS.items() if name not in _OF_COMPONENT},
        "resources": _bindable(RESOURCES),
        "distribution": _DISTRIBUTION,
    },
    required=["component"],
    located=True,
)
_INLINE_STEP = ObjectSchema(
    dict,
    {
        **_COMMON,
        "type": enum(COMMAND.yaml_name),
        **COMMAND_FIELDS,
        "limits": _bindable(COMMAND_LIMITS),
        "resources": _bindable(RESOURCES),
        "distribution": _DISTRIBUTION,
    },
    required=["command"],
)
SWEEP_STEP = ObjectSchema(
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
PIPELINE_STEP = ObjectSchema(
    _make_pipeline,
    {
        **_COMMON,
        "type": enum(PIPELINE.yaml_name),
        "component": Field(_read_pipeline_component, _write_pipeline_component),
    },
    required=["component"],
    located=True,
)


def _read_step(value: Any, folder: str) -> Node | InlineCommand:
    if not isinstance(value, dict):
        raise wrong(value, "a step", "A step is a mapping with type and component, or with command and environment.")
    kind = value.get("type", COMMAND.yaml_name)
    schema = _schema_of(kind) if isinstance(kind, str) else None
    if schema is None:
        raise Invalid(_refused(str(kind)).below("type"))
    if schema is COMMAND_STEP and "component" not in value:
        return InlineCommand(_INLINE_STEP.values(value, folder), folder)
    others = {key: item for key, item in value.items() if _is_undeclared(key, schema)}
    step: Node = schema.read({key: item for key, item in value.items() if key not in others}, folder)
    for key, item in others.items():
        if hasattr(step, key):
            raise Invalid([unknown(key, schema.fields, schema.renamed_keys)])
        setattr(step, key, item)
    step._undeclared_fields = tuple(others)
    return step


def _is_undeclared(key: Any, schema: ObjectSchema) -> bool:
    """Whether the official client takes a field that no step has, and sends it along (measured with 1.35.2)."""
    if key in schema.fields or key in schema.renamed_keys:
        return False
    return isinstance(key, str) and key.isidentifier() and key[0] != "_"


def closest_field(step: Node, name: str) -> str | None:
    """The field of such a step that was meant by an undeclared one, if one is like it."""
    schema = _schema_of(step.type or "")
    return closest(name, schema.fields) if schema else None


def _schema_of(kind: str) -> ObjectSchema | None:
    registration = job_types.by_yaml_name().get(kind)
    return None if registration is None or registration.step_schema is None else load(registration.step_schema)


def _refused(kind: str) -> Invalid:
    return refused_kind(kind, "steps", [one.yaml_name for one in served_types()])


def _write_step(value: Any, folder: str) -> Any:
    schema = _schema_of(value.type)
    if schema is None:
        raise Invalid(_refused(value.type).below("type"))
    written = schema.write(StepView(value), str(value.base_path))
    # The name of a step is its key.
    written.pop("name", None)
    written |= {name: getattr(value, name) for name in value._undeclared_fields}
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
            return port_values(self._step.inputs)
        if name == "outputs":
            return port_values(self._step.outputs)
        if name == "trial" and isinstance(self._step, Sweep):
            return self._step._component
        value = getattr(self._step, name)
        if name == "search_space" and value:
            return {key: bound(entry) for key, entry in value.items()}
        return bound(value) if name in _SETTINGS else text_of(value)


def port_values(ports: Mapping[str, Any]) -> dict[str, Any]:
    """What is given for inputs or outputs, bindings as text, those with a mode or a name as an Input or Output."""
    return {name: _port_value(port) for name, port in ports.items() if port.data is not None}


def _port_value(port: Any) -> Any:
    binding = getattr(port.data, "binding", None)
    if binding is None:
        return port.data
    name, version = getattr(port.data, "asset_name", None), getattr(port.data, "asset_version", None)
    if isinstance(port, NodeInput):
        return Input(path=binding, mode=port.mode) if port.mode else binding
    return Output(path=binding, mode=port.mode, name=name, version=version) if port.mode or name else binding


_STEPS = mapping_of(Field(_read_step, _write_step))
_STEP_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def _read_steps(value: Any, folder: str) -> Any:
    """The steps by name. Source of what a name may be: the official client."""
    if isinstance(value, dict) and (wrong_names := [key for key in value if not _STEP_NAME.fullmatch(str(key))]):
        raise Invalid([Problem((key,), _BAD_NAME, f"Call it {_named(str(key))}.") for key in wrong_names])
    return _STEPS.read(value, folder)


_BAD_NAME = "the name of a step has lower-case letters, digits and underscores, and does not begin with a digit."


def _named(key: str) -> str:
    """The name that comes next to one that a step cannot have."""
    found = re.sub(r"[^a-z0-9_]", "_", key.lower())
    return found if _STEP_NAME.fullmatch(found) else f"_{found}"


STEPS = Field(_read_steps, _STEPS.write)
