"""A job's body as the service shows it: every key of the job's type, defaults filled in, ids in full.

Keys, order and defaults: the recorded sweep (azure-sdk-assets) and the official examples. What no recording shows is
echoed as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.asset_types import MODEL_TYPES
from contracts.job_types import COMMAND, SWEEP
from contracts.references import load
from contracts.resource_id import WorkspaceId, is_arm_id, short_name
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from emulator.engine.values import scalar_text
from emulator.job_types import parts_of
from emulator.place import ARTIFACT_STORE
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
_OF_SWEEP = (
    *("searchSpace", "samplingAlgorithm", "limits", "earlyTermination", "objective", "trial", "inputs"),
    *("outputs", "queueSettings", "resources", "componentConfiguration"),
)
_OF_COMMAND = (
    *("codeId", "command", "environmentId", "inputs", "outputs", "distribution", "limits"),
    *("environmentVariables", "resources", "queueSettings", "autologgerSettings", "parameters"),
)
_SWEEP_LIMITS: Mapping[str, Any] = {
    "timeout": None,
    "jobLimitsType": SWEEP.name,
    "maxTotalTrials": None,
    "maxConcurrentTrials": None,
    "trialTimeout": None,
}
_COMMAND_LIMITS: Mapping[str, Any] = {"timeout": None, "jobLimitsType": COMMAND.name}
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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of a document does not come from its job's body.

    Parameters:
        workspace, name: of the job.
        shm_size: shown where the body asks for none.
        default_output: whether `outputs.default` is there.
        region: location of the workspace.
    """

    workspace: WorkspaceId
    name: str
    shm_size: str
    default_output: bool
    region: str = "local"


def expand_job(job: Job | NewJob, properties: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The part of a job's document that is fixed when it is made, without `jobType` and what may change.

    Expanding twice changes nothing, so that a fetched document compares equal to the body it came from.

    Parameters:
        job: stored, or about to be.
        properties: of the body, as accepted or as fetched.
        settings: what a document shows.
    """
    around = Surroundings(job.workspace, job.name, settings.shm_size, settings.default_output, settings.region)
    found: dict[str, Any] = load(parts_of(job.type).expand)(properties, around)
    return found | {
        key: value
        for key, value in properties.items()
        if key not in found and key not in READ_ONLY and key not in MUTABLE and key not in _ELSEWHERE
    }


def expand_sweep(properties: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """What `expand_job` gives of a sweep, further keys aside."""
    found = _expanded(_OF_SWEEP, properties, around)
    found["inputs"] |= {
        key: {**found["inputs"][key], "uri": _asset_uri(around.workspace, around.region, asset)}
        for key, asset in input_assets(around.name, properties).items()
    }
    found["limits"] = _filled(_SWEEP_LIMITS, found["limits"])
    found["samplingAlgorithm"] = _sampling(found["samplingAlgorithm"])
    found["objective"] = _objective(found["objective"])
    found["trial"] = _trial(found["trial"], around.workspace, around.shm_size)
    return found


def expand_command(properties: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """What `expand_job` gives of a command job, further keys aside."""
    found = _expanded(_OF_COMMAND, properties, around)
    # Recorded: a command without limits is answered `limits: null`, a sweep without any has all their keys.
    found["limits"] = _filled(_COMMAND_LIMITS, found["limits"]) if found["limits"] else None
    found["codeId"] = _arm(found["codeId"])
    found["environmentVariables"] = _variables(found["environmentVariables"])
    found["parameters"] = found["parameters"] or {}
    return found


def _expanded(keys: tuple[str, ...], properties: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    found = {key: properties.get(key) for key in _COMMON + keys}
    found["computeId"] = _compute(found["computeId"], around.workspace)
    found["inputs"] = {key: _input(one) for key, one in (found["inputs"] or {}).items()}
    found["outputs"] = _outputs(found["outputs"] or {}, around.name, around.default_output)
    found["queueSettings"] = _filled(_QUEUE, found["queueSettings"])
    found["resources"] = _resources(found["resources"], around.shm_size)
    return found


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
    return isinstance(uri, str) and "://" in uri and not _ASSET.search(uri) and kind not in MODEL_TYPES


def _asset_uri(workspace: WorkspaceId, region: str, name: str) -> str:
    return f"azureml://locations/{region}/workspaces/{guid_of(workspace)}/data/{name}/versions/1"


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    return _filled(_LITERAL if given.get("jobInputType") == "literal" else _INPUT, given)


def _filled(defaults: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**defaults, **{key: value for key, value in (given or {}).items() if value is not None}}


def _resources(given: Mapping[str, Any] | None, shm_size: str) -> dict[str, Any]:
    return _filled({**_RESOURCES, "shmSize": shm_size}, given)


def _sampling(given: Mapping[str, Any]) -> dict[str, Any]:
    members = SAMPLING_ALGORITHMS[given["samplingAlgorithmType"]].members(given)
    return _filled({}, given) | members if members else dict(given)


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
