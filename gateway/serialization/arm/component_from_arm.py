"""Components, read from what the service answers: scalars of their declarations are text there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.command_component import CommandComponent
from gateway.entities.component import Component, source_of_id
from gateway.entities.pipeline_component import PipelineComponent
from gateway.exceptions import ComponentException
from gateway.serialization.arm.identity import system_data_from_arm
from gateway.serialization.arm.step_from_arm import step_from_arm

#: How the service may spell the types of literal inputs.
_LITERALS = frozenset({"String", "Integer", "Number", "Boolean"})


def component_from_arm(document: Mapping[str, Any], name: str, version: str | None) -> Component:
    """The component of an ARM document, which can be called; its steps refer to it by its id.

    Raises:
        ComponentException: a component of another type.
    """
    properties = document.get("properties") or {}
    spec = properties.get("componentSpec") or {}
    kind = str(spec.get("type") or CommandComponent.kind)
    make = _MAKERS.get(kind)
    if make is None:
        raise ComponentException(
            f"component {name}:{version} is of type {kind}; amlet uses components of commands and pipelines."
        )
    identifier = str(document.get("id") or "")
    common: dict[str, Any] = {
        "name": name,
        "version": version,
        "description": spec.get("description") or properties.get("description"),
        "tags": properties.get("tags") or spec.get("tags"),
        "properties": properties.get("properties"),
        "display_name": spec.get("display_name"),
        "schema": spec.get("$schema"),
        "inputs": {key: _declared(entry) for key, entry in (spec.get("inputs") or {}).items()},
        "outputs": {key: _declared(entry) for key, entry in (spec.get("outputs") or {}).items()},
        "is_deterministic": _boolean(spec.get("is_deterministic")),
        "is_anonymous": bool(properties.get("isAnonymous")),
        "source": source_of_id(identifier),
        "id": identifier or None,
        "creation_context": system_data_from_arm(document.get("systemData")),
    }
    return make(spec, common)


def _pipeline(spec: Mapping[str, Any], common: dict[str, Any]) -> Component:
    steps = {key: step_from_arm(key, entry) for key, entry in (spec.get("jobs") or {}).items()}
    return PipelineComponent(jobs=steps, **common)


def _command(spec: Mapping[str, Any], common: dict[str, Any]) -> Component:
    distribution = spec.get("distribution")
    resources = spec.get("resources")
    return CommandComponent(
        command=spec.get("command"),
        code=_unprefixed(spec.get("code")),
        environment=_unprefixed(spec.get("environment")),
        distribution={key: _number(value) for key, value in distribution.items()} if distribution else None,
        resources={key: _number(value) for key, value in resources.items()} if resources else None,
        **{**common, "is_deterministic": common["is_deterministic"] is not False},
    )


_MAKERS = {CommandComponent.kind: _command, PipelineComponent.kind: _pipeline}


def component_container_from_arm(document: Mapping[str, Any], name: str) -> Component:
    """What is known of a component by its name alone: a `Component` without inputs, outputs and version."""
    properties = document.get("properties") or {}
    made = Component(
        name=name,
        description=properties.get("description"),
        tags=properties.get("tags"),
        properties=properties.get("properties"),
        id=document.get("id"),
        creation_context=system_data_from_arm(document.get("systemData")),
    )
    made.latest_version = properties.get("latestVersion")
    return made


def _declared(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if value is not None}
    kind = kept.get("type")
    return {**kept, "type": kind.lower()} if kind in _LITERALS else kept


def _boolean(value: Any) -> bool | None:
    return None if value is None else str(value).lower() == "true"


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _unprefixed(value: Any) -> Any:
    return value.removeprefix("azureml:") if isinstance(value, str) else value
