"""Pipelines of azure-ai-ml that are handed to the gateway: translated with all components that they are made of.

The body of the official entity says all but the components, which are objects until they are registered; these are made
again by their public attributes. The official package is never imported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from gateway.builders.node import Node
from gateway.builders.pipeline_job import PipelineJob
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import Component
from gateway.entities.job_io import Input, Output
from gateway.entities.pipeline_component import PipelineComponent
from gateway.exceptions import ErrorTarget, ValidationException
from gateway.serialization.arm import from_arm
from gateway.serialization.arm.step_from_arm import step_from_arm

_COMMON = ("name", "version", "description", "tags", "properties", "display_name", "is_deterministic")
_INPUT = ("type", "default", "optional", "min", "max", "enum", "description", "mode")
_OUTPUT = ("type", "description", "mode")
_PLACEHOLDER = "replaced-by-the-component:1"
#: Translates an environment of the official package.
Translate = Callable[[Any], Any]


def translated_pipeline(job: Any, translate: Translate) -> PipelineJob:
    """The pipeline job of azure-ai-ml as one of ours, with the body that the official client sends.

    Parameters:
        job: the official job; it is not changed.
        translate: makes ours of an official environment.

    Raises:
        ValidationException: a step of a type that is not served.
    """
    components = _Components(translate)
    properties = _plain(job._to_rest_object())["properties"]
    steps = {name: {**step, **_placeholder(step)} for name, step in (properties.get("jobs") or {}).items()}
    made: Any = from_arm({"name": job.name, "properties": {**properties, "jobs": steps}})
    if isinstance(made.component, PipelineComponent):
        made.component = components.pipeline(job.component, made.jobs)
    return made  # type: ignore[no-any-return]


class _Components:
    """Components that were translated, each once: steps that share one share it here, too."""

    def __init__(self, translate: Translate) -> None:
        self._translate = translate
        self._known: dict[int, Component | str] = {}

    def pipeline(self, official: Any, steps: Mapping[str, Node]) -> PipelineComponent:
        """The component of a pipeline whose steps were read from its body."""
        for name, step in steps.items():
            step._component = self.of(official.jobs[name]._component)
        return PipelineComponent(jobs=steps, **_fields(official))

    def of(self, official: Any) -> Component | str:
        """The component of a step, or the id of a registered one."""
        if isinstance(official, str):
            return official
        if id(official) not in self._known:
            self._known[id(official)] = self._made(official)
        return self._known[id(official)]

    def _made(self, official: Any) -> Component:
        if official.type == PipelineComponent.kind:
            steps = {}
            for name, node in official.jobs.items():
                body = _plain(node._to_rest_object())
                steps[name] = step_from_arm(name, {**body, **_placeholder(body)})
            return self.pipeline(official, steps)
        if official.type != CommandComponent.kind:
            raise ValidationException(
                f"component {official.name} is of type {official.type}; amlet uses those of commands and pipelines.",
                target=ErrorTarget.COMPONENT,
            )
        return CommandComponent(
            command=official.command,
            code=official.code,
            environment=self._translate(official.environment),
            distribution=_settings(official.distribution),
            resources=_settings(official.resources),
            additional_includes=list(getattr(official, "additional_includes", None) or []),
            **_fields(official),
        )


def _fields(official: Any) -> dict[str, Any]:
    anonymous = bool(getattr(official, "_is_anonymous", False))
    fields = {name: getattr(official, name, None) for name in _COMMON}
    if anonymous:
        fields |= {"name": None, "version": None}
    return {
        **{name: value for name, value in fields.items() if value is not None},
        "inputs": {name: Input(**_given(port, _INPUT)) for name, port in _flat(official.inputs)},
        "outputs": {name: Output(**_given(_declaration(port), _OUTPUT)) for name, port in official.outputs.items()},
        "base_path": str(official.base_path),
        "source": official._source,
        "schema": official._schema,
        "id": official.id,
    }


def _flat(inputs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The declared inputs, those of groups by their names with dots."""
    found: list[tuple[str, Any]] = []
    for name, port in inputs.items():
        found += port.flatten(name).items() if hasattr(port, "flatten") else [(name, port)]
    return found


def _declaration(port: Any) -> Any:
    """What an output of a pipeline is declared as; in a function it is the output of a step."""
    return getattr(port, "_meta", None) or port


def _given(entity: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(entity, name, None)) is not None}


def _settings(official: Any) -> dict[str, Any] | None:
    """A distribution or resources as the mapping that makes them again."""
    if official is None:
        return None
    given = {name: value for name, value in vars(official).items() if value is not None and not name.startswith("_")}
    return {name: value for name, value in given.items() if value != {}} or None


def _placeholder(step: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a step that names its component, which its body shows as a text."""
    if "trial" in step:
        return {"trial": {"componentId": _PLACEHOLDER}}
    return {"componentId": _PLACEHOLDER}


def _plain(body: Any) -> Any:
    """A body as plain JSON; what has no form there is a component, and is replaced."""
    made = body.as_dict() if hasattr(body, "as_dict") else body.serialize() if hasattr(body, "serialize") else body
    return json.loads(json.dumps(made, default=_jsonable))


def _jsonable(value: Any) -> Any:
    return value.as_dict() if hasattr(value, "as_dict") else _PLACEHOLDER
