"""Commands in place of a component in a file: what they are bound to decides what their component declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.pipelines.bindings import PipelineInput, PipelineOutput, StepOutput, parse_binding
from gateway.builders.command import Command
from gateway.builders.node import Node
from gateway.constants import AssetTypes
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import ComponentSource
from gateway.entities.job_io import Input, Output
from gateway.exceptions import ValidationException


@dataclass(frozen=True)
class InlineCommand:
    """A command in place of a component; its component's declarations depend on what it is bound to.

    Parameters:
        values: its fields.
        folder: where its paths start.
    """

    values: dict[str, Any]
    folder: str


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
