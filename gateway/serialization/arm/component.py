"""Components as they are registered, and the hash by which equal ones are found again.

Inside `componentSpec` keys are those of files, not of ARM; scalars of declarations are text. Source: the official SDK's
`_to_rest_object` and `_get_anonymous_hash` (azure-ai-ml 1.35.2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from contracts.resource_id import is_arm_id
from gateway.builders.bound_settings import bound
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import Component
from gateway.entities.environment import Environment
from gateway.entities.job_io import Input, Output
from gateway.serialization.arm.plain import PLAIN, plain
from gateway.serialization.arm.trial import code_reference, environment_reference

PREFIX = "azureml:"
#: What does not count when anonymous components are compared.
_NOT_HASHED = ("name", "id", "version", "_source")
#: Paths that are sent as they are.
_REMOTE = ("azureml:", "azureml://", "http://", "https://", "git+")


def component_body(
    component: Component,
    jobs: Mapping[str, Any] | None = None,
    *,
    code: str | None = None,
    environment: str | None = None,
    anonymous: bool | None = None,
) -> dict[str, Any]:
    """The body with which a component is registered.

    Parameters:
        component: the component.
        jobs: the steps of a pipeline component as they travel.
        code, environment: the ids of what is uploaded and registered; the component's own references when left out.
        anonymous: whether it is registered without a name; by default as the component says.
    """
    anonymous = component._is_anonymous if anonymous is None else anonymous
    spec = component_spec(component, jobs, code=code, environment=environment)
    properties: dict[str, Any] = {"componentSpec": spec}
    if component.description is not None:
        properties["description"] = component.description
    properties["isAnonymous"] = anonymous
    own = dict(component.properties)
    if isinstance(component, CommandComponent):
        properties["isArchived"] = False
        if not anonymous:
            own["client_component_hash"] = _hash(spec, ("version", "_source"))
    properties["properties"] = own
    properties["tags"] = dict(component.tags)
    return {"properties": properties}


def component_spec(
    component: Component,
    jobs: Mapping[str, Any] | None = None,
    *,
    code: str | None = None,
    environment: str | None = None,
) -> dict[str, Any]:
    """`componentSpec` of a component; parameters as of `component_body`."""
    spec: dict[str, Any] = {}
    if isinstance(component, CommandComponent):
        spec |= _command_part(component, code, environment)
    for key, value in (
        ("name", component.name),
        ("description", component.description),
        ("tags", component.tags),
        ("version", component.version),
        ("$schema", component._schema),
        ("display_name", component.display_name),
        ("is_deterministic", component.is_deterministic),
        ("inputs", {name: input_spec(entry) for name, entry in component.inputs.items()}),
        ("outputs", {name: output_spec(entry) for name, entry in component.outputs.items()}),
        ("type", component.type),
    ):
        if value is not None and value != {}:
            spec[key] = value
    if isinstance(component, CommandComponent):
        if component.properties:
            spec["properties"] = plain(component.properties, "properties")
        if component.additional_includes:
            spec["additional_includes"] = list(component.additional_includes)
        spec["_source"] = component._source
    else:
        spec["jobs"] = dict(jobs or {})
        spec["_source"] = component._source
        spec["sourceJobId"] = getattr(component, "_source_job_id", None)
    return spec


def anonymous_hash(spec: Mapping[str, Any]) -> str:
    """The version under which an anonymous component is registered: equal ones have the same."""
    return _hash(spec, _NOT_HASHED)


def _hash(spec: Mapping[str, Any], without: tuple[str, ...]) -> str:
    kept = {key: value for key, value in spec.items() if key not in without}
    return str(UUID(hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:32]))


def _command_part(component: CommandComponent, code: str | None, environment: str | None) -> dict[str, Any]:
    resources, distribution = bound(component.resources), bound(component.distribution)
    fields = {
        "command": component.command,
        "code": _code(component, code),
        "environment": _environment(component.environment, environment),
        "resources": resources and _given({**vars(resources), "properties": resources.properties}),
        "distribution": distribution and _given({"type": distribution.kind, **vars(distribution)}),
    }
    return {key: value for key, value in fields.items() if value is not None and value != {}}


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if type(value) in PLAIN else plain(value, key)
        for key, value in fields.items()
        if value is not None and value != {} and not key.startswith("_")
    }


def _code(component: CommandComponent, code: str | None) -> str | None:
    if code is not None:
        return PREFIX + code if is_arm_id(code) else code
    own = code_reference(component.code)
    if own is None or own.startswith(_REMOTE):
        return own
    if is_arm_id(own):
        return PREFIX + own
    local = Path(component.base_path, own)
    if not local.exists() and (":" in own or "@" in own):
        return PREFIX + own
    return local.resolve().as_posix()


def _environment(environment: str | Environment | None, chosen: str | None) -> str | None:
    own = chosen or environment_reference(environment)
    return own if own is None or own.startswith(PREFIX) else PREFIX + own


def input_spec(entry: Input) -> dict[str, Any]:
    """The declaration of an input as it travels."""
    if entry.is_literal:
        fields = {
            "type": entry.type,
            "optional": entry.optional,
            "default": _text(entry.default),
            "description": entry.description,
            "max": _text(entry.max),
            "min": _text(entry.min),
            "enum": entry.enum and list(entry.enum),
        }
    else:
        fields = {
            "type": entry.type,
            "description": entry.description,
            "optional": entry.optional,
            "default": _text(entry.default),
            "mode": entry.mode,
        }
    return {key: value for key, value in fields.items() if value is not None}


def output_spec(entry: Output) -> dict[str, Any]:
    """The declaration of an output as it travels."""
    fields = {"type": entry.type, "description": entry.description, "mode": entry.mode}
    return {key: value for key, value in fields.items() if value is not None}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
