"""`trial` of a sweep, and the same fields of a command job."""

from __future__ import annotations

from typing import Any

from contracts.bindings import Binding, substitute
from gateway.entities.command_component import CommandComponent
from gateway.entities.parameterized_command import ParameterizedCommand
from gateway.serialization.yaml import former
from gateway.serialization.yaml.component import COMPONENT
from gateway.serialization.yaml.distribution import DISTRIBUTION
from gateway.serialization.yaml.environment import ENVIRONMENT
from gateway.serialization.yaml.fields import MAPPING, TEXT, Codec, Field
from gateway.serialization.yaml.noun import Noun
from gateway.serialization.yaml.problems import wrong
from gateway.serialization.yaml.queue_settings import QUEUE_SETTINGS
from gateway.serialization.yaml.references import CODE, FILE, PREFIX, included, moved_code
from gateway.serialization.yaml.resources import RESOURCES

COMMAND_FIELDS: dict[str, Codec] = {
    "command": TEXT,
    "code": CODE,
    "environment": ENVIRONMENT,
    "environment_variables": MAPPING,
    "resources": RESOURCES,
    "distribution": DISTRIBUTION,
    "queue_settings": QUEUE_SETTINGS,
}
_TRIAL = Noun(
    ParameterizedCommand, COMMAND_FIELDS, required=["command", "environment"], ignored=["$schema"], former=former.TRIAL
)


def _read(value: Any, folder: str) -> ParameterizedCommand | CommandComponent:
    if not isinstance(value, str):
        trial: ParameterizedCommand = _TRIAL.read(value, folder)
        return trial
    if value.startswith(PREFIX):
        raise wrong(value, "a trial", "Name the component's file, file:component.yml, or write the command in place.")
    component: CommandComponent = included(value if value.startswith(FILE) else FILE + value, folder, COMPONENT.read)
    return component


TRIAL = Field(_read, _TRIAL.write)


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
