"""Commands: components, the `trial` of a sweep, and the fields that they share with command jobs."""

from __future__ import annotations

from typing import Any

from contracts.bindings import Binding, substitute
from gateway.constants import AssetTypes, InputOutputModes
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import ComponentSource
from gateway.entities.distribution import DISTRIBUTION_CONFIGURATIONS, DistributionConfiguration
from gateway.entities.job_io import Input, Output
from gateway.entities.parameterized_command import ParameterizedCommand
from gateway.serialization.yaml.assets import ASSET, ENVIRONMENT, SERVED
from gateway.serialization.yaml.fields import (
    ANY,
    BOOLEAN,
    MAPPING,
    TEXT,
    Codec,
    Field,
    codecs_of,
    enum,
    list_of,
    mapping_of,
)
from gateway.serialization.yaml.job_settings import QUEUE_SETTINGS, RESOURCES
from gateway.serialization.yaml.problems import wrong
from gateway.serialization.yaml.references import CODE, FILE, PREFIX, included, moved_code
from gateway.serialization.yaml.renamed_keys import RENAMED_TRIAL
from gateway.serialization.yaml.schema import ObjectSchema, RegisteredSchemas, TaggedUnion


def distribution_schema(cls: type[DistributionConfiguration]) -> ObjectSchema:
    """The schema of one kind of distribution, without its `type`."""
    return ObjectSchema(cls, codecs_of(cls.fields))


DISTRIBUTION = TaggedUnion(RegisteredSchemas(DISTRIBUTION_CONFIGURATIONS, distribution_schema))


def _words(constants: type) -> list[str]:
    return [word for name, word in vars(constants).items() if name.isupper()]


_PRIMITIVE = ("integer", "number", "string", "boolean")
_PORT = {
    "type": enum("path", *_words(AssetTypes), *_PRIMITIVE, fold=str),
    "description": TEXT,
    "mode": enum(*_words(InputOutputModes), "link", fold=str),
}
INPUT_DECLARATION = ObjectSchema(
    Input,
    {**_PORT, "optional": BOOLEAN, "default": ANY, "min": ANY, "max": ANY, "enum": list_of(TEXT)},
    required=["type"],
)
OUTPUT_DECLARATION = ObjectSchema(Output, _PORT, required=["type"])


def make_component(type: str = "command", **options: Any) -> CommandComponent:  # noqa: A002
    """The component that the fields of a file describe."""
    options.setdefault("source", ComponentSource.YAML_COMPONENT)
    return CommandComponent(schema=options.pop("$schema", None), **options)


COMPONENT_FIELDS: dict[str, Codec] = {
    "$schema": TEXT,
    **ASSET,
    "type": enum("command"),
    "display_name": TEXT,
    "is_deterministic": BOOLEAN,
    "inputs": mapping_of(INPUT_DECLARATION),
    "outputs": mapping_of(OUTPUT_DECLARATION),
    "command": TEXT,
    "code": CODE,
    "environment": ENVIRONMENT,
    "resources": RESOURCES,
    "distribution": DISTRIBUTION,
    "queue_settings": QUEUE_SETTINGS,
    "properties": mapping_of(ANY),
    "additional_includes": list_of(TEXT),
}
COMPONENT = ObjectSchema(
    make_component,
    COMPONENT_FIELDS,
    required=["name", "command", "environment"],
    ignored=SERVED,
    located=True,
)


COMMAND_FIELDS: dict[str, Codec] = {
    "command": TEXT,
    "code": CODE,
    "environment": ENVIRONMENT,
    "environment_variables": MAPPING,
    "resources": RESOURCES,
    "distribution": DISTRIBUTION,
    "queue_settings": QUEUE_SETTINGS,
}
_TRIAL = ObjectSchema(
    ParameterizedCommand,
    COMMAND_FIELDS,
    required=["command", "environment"],
    ignored=["$schema"],
    renamed_keys=RENAMED_TRIAL,
)


def _read_trial(value: Any, folder: str) -> ParameterizedCommand | CommandComponent:
    if not isinstance(value, str):
        trial: ParameterizedCommand = _TRIAL.read(value, folder)
        return trial
    if value.startswith(PREFIX):
        raise wrong(value, "a trial", "Name the component's file, file:component.yml, or write the command in place.")
    component: CommandComponent = included(value if value.startswith(FILE) else FILE + value, folder, COMPONENT.read)
    return component


TRIAL = Field(_read_trial, _TRIAL.write)


def bind_component(values: dict[str, Any], folder: str) -> None:
    """Make a sweep of a component that was named as its trial.

    Inputs of the component that the search space draws become bindings to it; defaults of the others become inputs;
    code is relative to the component's own file. The official SDK does so for nodes of pipelines only.
    """
    component = values.get("trial")
    if not isinstance(component, CommandComponent):
        return
    space = values.get("search_space", {})

    def swept(binding: Binding) -> str:
        kind = "search_space" if binding.kind == "inputs" and binding.name in space else binding.kind
        return f"${{{{{kind}.{binding.name}}}}}"

    inputs = values.setdefault("inputs", {})
    for name, declared in component.inputs.items():
        if declared.default is not None and name not in space:
            inputs.setdefault(name, declared.default)
    values["trial"] = ParameterizedCommand(
        command=substitute(component.command or "", swept),
        code=moved_code(component.code, component.base_path, folder),
        environment=component.environment,
        environment_variables=component.environment_variables,
        distribution=component.distribution,
        resources=component.resources,
    )
