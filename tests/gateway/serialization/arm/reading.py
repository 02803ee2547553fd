"""Compare what the gateway reads out of a body with what the official SDK reads, attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"

#: The public attributes of each kind of object; a name with a dot is read through both.
JOB = (
    "name", "id", "type", "status", "display_name", "description", "tags", "properties", "experiment_name", "compute",
    "services", "studio_url", "log_files", "creation_context", "inputs", "outputs", "limits", "identity", "resources",
)  # fmt: skip
COMMAND = ("command", "code", "environment", "environment_variables", "distribution", "queue_settings")
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "SweepJob": (*JOB, "trial", "sampling_algorithm", "search_space", "objective", "early_termination"),
    "Command": (*JOB, *COMMAND, "parameters", "component"),
    "CommandComponent": ("name", "display_name", "description", "tags", "command", "code", "environment"),
    "ParameterizedCommand": (*COMMAND, "resources"),
    "Input": ("type", "path", "mode", "path_on_compute", "description", "default", "optional", "min", "max", "enum"),
    "Output": ("type", "path", "mode", "path_on_compute", "description", "name", "version"),
    "JobResourceConfiguration": (
        "locations", "instance_count", "instance_type", "properties", "docker_args", "shm_size", "max_instance_count",
    ),
    "QueueSettings": ("job_tier", "priority"),
    "SystemData": (
        "created_by", "created_by_type", "created_at", "last_modified_by", "last_modified_by_type", "last_modified_at",
    ),
    "ManagedIdentityConfiguration": ("type", "client_id", "resource_id"),
    "JobService": ("endpoint", "job_service_type", "status", "port", "properties"),
}  # fmt: skip


def differences(ours: Any, theirs: Any, path: str = "job") -> Iterator[str]:
    """Where the two differ."""
    if isinstance(theirs, Enum):
        theirs = theirs.value
    kind = type(theirs).__name__
    if kind == "RestJobService":
        kind = "JobService"
    if kind in ("NodeInput", "NodeOutput"):
        ours, theirs, kind = ours.data, theirs._data, type(theirs._data).__name__
    if isinstance(theirs, list) and isinstance(ours, list) and len(ours) == len(theirs):
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    elif theirs is None or isinstance(theirs, str | int | float | list | datetime):
        if ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
            yield f"{path}: {ours!r} is not {theirs!r}"
    elif kind in ("dict", "Properties", "InputsAttrDict", "OutputsAttrDict"):
        if not isinstance(ours, dict) or list(ours) != list(theirs):
            yield f"{path}: {ours!r} has not the keys {list(theirs)}"
            return
        for key in theirs:
            yield from differences(ours[key], theirs[key], f"{path}.{key}")
    else:
        if kind != type(ours).__name__:
            yield f"{path}: {type(ours).__name__} is not a {kind}"
        names = ATTRIBUTES.get(kind) or tuple(name for name in vars(theirs) if not name.startswith("_"))
        for name in names:
            if not hasattr(theirs, name):
                continue
            if not hasattr(ours, name):
                yield f"{path} has no {name}"
                continue
            yield from differences(getattr(ours, name), getattr(theirs, name), f"{path}.{name}")


def as_the_service_answers(properties: dict[str, Any]) -> dict[str, Any]:
    """A resource as the service returns it for what was sent: with nulls, services, a default output, unknown keys.

    Values that the service does not keep (numbers as tags, data without a URI) are left out.
    """
    answered: dict[str, Any] = dict.fromkeys(
        ("displayName", "description", "identity", "queueSettings", "limits", "computeId", "newField")
    )
    answered |= {**properties, "status": "Running"}
    for key in ("tags", "properties", "environmentVariables"):
        if key in answered:
            answered[key] = {name: str(value) for name, value in answered[key].items()}
    if "trial" in answered:
        answered["trial"] = as_the_service_keeps(answered["trial"])
    answered["inputs"] = {
        name: value
        for name, value in properties["inputs"].items()
        if value.get("uri") or value["jobInputType"] == "literal"
    }
    if answered["limits"]:
        answered["limits"] = {key: value for key, value in answered["limits"].items() if "${{" not in str(value)}
    answered["outputs"] = {
        **properties["outputs"],
        "default": {"jobOutputType": "uri_folder", "uri": "azureml://x/", "mode": None, "assetName": None},
    }
    answered["services"] = {
        "Studio": {"jobServiceType": "Studio", "endpoint": "https://ml.azure.com/runs/N", "status": None, "new": 1},
        "Tracking": {"jobServiceType": "Tracking", "endpoint": "azureml://x", "port": None, "properties": None},
        **(properties.get("services") or {}),
    }
    if "objective" in properties:
        answered["objective"] = {**properties["objective"], "goal": properties["objective"]["goal"].capitalize()}
    return {
        "id": f"{WORKSPACE}/jobs/N",
        "name": "N",
        "type": "Microsoft.MachineLearningServices/workspaces/jobs",
        "properties": as_the_service_keeps(answered),
        "systemData": {
            "createdBy": "Ann",
            "createdByType": "User",
            "createdAt": "2024-05-06T07:08:09.1234567+00:00",
            "lastModifiedAt": None,
        },
    }


def as_the_service_keeps(component: dict[str, Any]) -> dict[str, Any]:
    """The part that has environment variables and resources, with the types that the service keeps."""
    kept = dict(component)
    if "environmentVariables" in kept:
        kept["environmentVariables"] = {name: str(value) for name, value in kept["environmentVariables"].items()}
    if "resources" in kept:
        lists = ("instanceType", "dockerArgs")
        kept["resources"] = {
            key: value for key, value in kept["resources"].items() if not (key in lists and isinstance(value, list))
        }
    return kept
