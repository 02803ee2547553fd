"""A job's body as the service shows it: every key of the job's type, defaults filled in, ids in full.

Keys, order and defaults: the recorded sweep (azure-sdk-assets) and the official examples. What no recording shows is
echoed as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contracts.job_types import SWEEP
from contracts.resource_id import WorkspaceId, is_arm_id, short_name
from emulator.engine.values import scalar_text
from emulator.job_types import parts_of
from emulator.place import ARTIFACT_STORE
from emulator.services.jobs.pipelines import expand_pipeline
from emulator.settings import Settings
from emulator.storage.jobs import Job, NewJob
from emulator.storage.workspaces import guid_of

#: A URI that names an asset.
_ASSET = re.compile(r"^azureml://(?:[^/]+/)*(?:data|models)/[^/]+(?:/(?:versions|labels)/[^/]+)?$")

#: What may change on a job once it exists (the service's own list).
MUTABLE = ("description", "tags", "displayName", "properties", "isArchived")

#: What a client may send back and is not read.
READ_ONLY = frozenset({"status", "services"})

#: Columns of their own in the store.
_ELSEWHERE = frozenset({"jobType", "experimentName"})

_COMMON = ("computeId", "identity", "componentId", "notificationSetting", "secretsConfiguration")
_RESOURCES: Mapping[str, Any] = {
    "instanceCount": 1,
    "maxInstanceCount": None,
    "instanceType": None,
    "locations": None,
    "properties": None,
    "shmSize": None,
    "dockerArgs": None,
}
_QUEUE = {"jobTier": "Null", "priority": None}
_LITERAL: Mapping[str, Any] = {"description": None, "value": None, "jobInputType": "literal"}
_INPUT: Mapping[str, Any] = {
    "description": None,
    "uri": None,
    "mode": "ReadOnlyMount",
    "jobInputType": "uri_folder",
    "pathOnCompute": None,
}
_MODELS = frozenset({"custom_model", "mlflow_model", "triton_model"})
_OUTPUT: Mapping[str, Any] = {
    "description": None,
    "uri": None,
    "assetName": None,
    "assetVersion": None,
    "mode": "ReadWriteMount",
    "pathOnCompute": None,
    "autoDeleteSetting": None,
    "jobOutputType": "uri_folder",
}


def expand_job(job: Job | NewJob, properties: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """As `expand`, for a body of a job that is stored, or about to be."""
    return expand(
        {**properties, "jobType": job.type},
        job.workspace,
        job.name,
        shm_size=settings.shm_size,
        default_output=settings.default_output,
        region=settings.region,
    )


def expand(
    properties: Mapping[str, Any],
    workspace: WorkspaceId,
    name: str,
    *,
    shm_size: str,
    default_output: bool,
    region: str = "local",
) -> dict[str, Any]:
    """The part of a job's document that is fixed when it is made, without `jobType` and what may change.

    Expanding twice changes nothing, so that a fetched document compares equal to the body it came from.

    Parameters:
        properties: of the body, as accepted or as fetched.
        workspace, name: of the job.
        shm_size: shown where the body asks for none.
        default_output: whether `outputs.default` is there.
        region: location of the workspace.
    """
    kind = properties["jobType"]
    if parts_of(kind).has_steps:
        found = expand_pipeline(properties, workspace)
        return found | _further(properties, found)
    keys = _COMMON + parts_of(kind).document_keys
    found = {key: properties.get(key) for key in keys}
    found["computeId"] = _compute(found["computeId"], workspace)
    found["inputs"] = {key: _input(one) for key, one in (found["inputs"] or {}).items()}
    found["outputs"] = _outputs(found["outputs"] or {}, name, default_output)
    found["queueSettings"] = _filled(_QUEUE, found["queueSettings"])
    found["resources"] = _resources(found["resources"], shm_size)
    if kind == SWEEP.name:
        found["inputs"] |= {
            key: {**found["inputs"][key], "uri": _asset_uri(workspace, region, asset)}
            for key, asset in input_assets(name, properties).items()
        }
        found["limits"] = _filled(parts_of(kind).limits, found["limits"])
        found["samplingAlgorithm"] = _sampling(found["samplingAlgorithm"])
        found["objective"] = _objective(found["objective"])
        found["trial"] = _trial(found["trial"], workspace, shm_size)
    else:
        found["limits"] = _filled(parts_of(kind).limits, found["limits"]) if found["limits"] else None
        found["codeId"] = _arm(found["codeId"])
        found["environmentVariables"] = _variables(found["environmentVariables"])
        found["parameters"] = found["parameters"] or {}
    return found | _further(properties, found)


def _further(properties: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in properties.items()
        if key not in found and key not in READ_ONLY and key not in MUTABLE and key not in _ELSEWHERE
    }


def input_assets(name: str, properties: Mapping[str, Any]) -> dict[str, str]:
    """The inputs of a sweep that the service registers as data assets, with the names of these: those given by a URI.

    Source: recorded for URIs; assets stay what they are (inferred).

    Parameters:
        name: of the sweep.
        properties: of its body.
    """
    return {
        key: f"azureml_{name}_input_data_{key}"
        for key, one in (properties.get("inputs") or {}).items()
        if _is_data_uri(one)
    }


def _is_data_uri(given: Mapping[str, Any]) -> bool:
    uri, kind = given.get("uri"), given.get("jobInputType")
    return isinstance(uri, str) and "://" in uri and not _ASSET.search(uri) and kind not in _MODELS


def _asset_uri(workspace: WorkspaceId, region: str, name: str) -> str:
    return f"azureml://locations/{region}/workspaces/{guid_of(workspace)}/data/{name}/versions/1"


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    return _filled(_LITERAL if given.get("jobInputType") == "literal" else _INPUT, given)


def _filled(defaults: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**defaults, **{key: value for key, value in (given or {}).items() if value is not None}}


def _resources(given: Mapping[str, Any] | None, shm_size: str) -> dict[str, Any]:
    return _filled({**_RESOURCES, "shmSize": shm_size}, given)


def _sampling(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["samplingAlgorithmType"] != "Random":
        return dict(given)
    filled = _filled({"samplingAlgorithmType": "Random", "seed": None, "logbase": None, "rule": "Random"}, given)
    return filled | {"rule": filled["rule"].capitalize()}


def _objective(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**given, "goal": given["goal"].capitalize()}


def _trial(given: Mapping[str, Any], workspace: WorkspaceId, shm_size: str) -> dict[str, Any]:
    return {
        **given,
        "codeId": _arm(given.get("codeId")),
        "command": given["command"],
        "environmentId": _environment(given["environmentId"], workspace),
        "environmentVariables": _variables(given.get("environmentVariables")),
        "distribution": given.get("distribution"),
        "resources": _resources(given.get("resources"), shm_size),
    }


def _variables(given: Mapping[str, Any] | None) -> dict[str, str | None]:
    return {name: None if value is None else scalar_text(value) for name, value in (given or {}).items()}


def _outputs(given: Mapping[str, Any], name: str, default_output: bool) -> dict[str, Any]:
    filled = {key: _filled(_OUTPUT, one) for key, one in given.items()}
    if not default_output or "default" in given:
        return filled
    uri = f"azureml://datastores/{ARTIFACT_STORE}/ExperimentRun/dcid.{name}"
    return {"default": {**_OUTPUT, "uri": uri}, **filled}


def _compute(given: str | None, workspace: WorkspaceId) -> str | None:
    if not given:
        return None
    text = given.removeprefix("azureml:")
    return text if "/" in text else workspace.child("computes", text)


def workspace_compute(given: str | None) -> str | None:
    """Name of the compute of the workspace that a body names; None for serverless, and for clusters of other kinds."""
    if not given:
        return None
    text = given.removeprefix("azureml:")
    return None if "/" in text and "/computes/" not in text.lower() else short_name(text)


def _environment(given: str | None, workspace: WorkspaceId) -> str | None:
    """`azureml:name:version` becomes an ARM id, as recorded; ids and registry references stay."""
    text = _arm(given)
    if text is None or "/" in text:
        return text
    name, separator, version = text.removeprefix("azureml:").partition(":")
    return workspace.child("environments", name, version) if separator else text


def _arm(given: str | None) -> str | None:
    return given.removeprefix("azureml:") if given and is_arm_id(given) else given
