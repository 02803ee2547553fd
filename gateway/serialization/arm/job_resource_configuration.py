"""Compute resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.job_resource_configuration import JobResourceConfiguration, ResourceConfiguration
from gateway.exceptions import unfit
from gateway.serialization.arm.plain import plain, present

#: Spellings of the properties that name a kind of compute.
_COMPUTE_KINDS = {
    "aisupercomputer": "AISuperComputer",
    "singularity": "AISuperComputer",
    "itp": "itp",
    "target_selector": "target_selector",
}


def resources_to_arm(resources: JobResourceConfiguration | None) -> dict[str, Any] | None:
    """The resources as they travel.

    As in the official SDK, a ResourceConfiguration has three fields whatever is set on it, and docker arguments given
    as a list crowd out locations and max_instance_count.

    Raises:
        ValidationException: they are none.
    """
    if not resources:
        return None
    if not isinstance(resources, JobResourceConfiguration):
        raise unfit("resources", resources, "JobResourceConfiguration(...)")
    body = present(
        {
            "instanceCount": resources.instance_count,
            "instanceType": resources.instance_type,
            "properties": _properties(resources.properties),
        }
    )
    if isinstance(resources, ResourceConfiguration):
        return body
    if resources.docker_args and isinstance(resources.docker_args, list):
        return body | present({"dockerArgsList": list(resources.docker_args), "shmSize": resources.shm_size})
    return body | present(
        {
            "dockerArgs": resources.docker_args,
            "shmSize": resources.shm_size,
            "locations": resources.locations,
            "maxInstanceCount": resources.max_instance_count,
        }
    )


def resources_from_arm(body: Mapping[str, Any] | None) -> JobResourceConfiguration | None:
    """The resources of a command or a trial; like the official reader it does not see maxInstanceCount."""
    if body is None:
        return None
    return JobResourceConfiguration(
        locations=body.get("locations"),
        instance_count=body.get("instanceCount"),
        instance_type=body.get("instanceType"),
        properties=body.get("properties"),
        docker_args=body.get("dockerArgsList") or body.get("dockerArgs"),
        shm_size=body.get("shmSize"),
    )


def sweep_resources_from_arm(body: Mapping[str, Any] | None) -> JobResourceConfiguration | None:
    """The top-level resources of a sweep; like the official reader it does not see dockerArgsList."""
    if body is None:
        return None
    return JobResourceConfiguration(
        locations=body.get("locations"),
        instance_count=body.get("instanceCount"),
        instance_type=body.get("instanceType"),
        properties=body.get("properties"),
        docker_args=body.get("dockerArgs"),
        shm_size=body.get("shmSize"),
        max_instance_count=body.get("maxInstanceCount"),
    )


def _properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    if not properties:
        return {}
    named = {
        _COMPUTE_KINDS.get(key.lower(), key): _without_none(value)
        for key, value in properties.items()
        if value is not None
    }
    kept: dict[str, Any] = _without_empty(plain(named, "resources.properties"))
    return kept


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    return value


def _without_empty(value: Any) -> Any:
    """The value without what is None or an empty dict, at any depth: the service takes them for settings."""
    if isinstance(value, dict):
        kept = ((key, _without_empty(entry)) for key, entry in value.items())
        return {key: entry for key, entry in kept if entry is not None and entry != {}}
    if isinstance(value, list):
        return [entry for entry in map(_without_empty, value) if entry is not None and entry != {}]
    return value
