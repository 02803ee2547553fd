"""What a sweep's tag `_aml_system_platform_config` says of its trials, as the service's HyperDrive writes it.

Source of the keys and of the values that are the same in every sweep: recorded.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from contracts.resource_id import WorkspaceId, short_name

_NO_OVERRIDES = (
    "Environment",
    "Spark",
    "ParallelTask",
    "BatchAi",
    "AmlCompute",
    "AISuperComputer",
    "KubernetesCompute",
    "Tensorflow",
    "Mpi",
    "PyTorch",
    "Hdi",
    "ContainerInstance",
    "ExposedPorts",
    "Docker",
    "Cmk8sCompute",
)


def platform_config(
    name: str, body: Mapping[str, Any], workspace: WorkspaceId, experiment: str, origin: str
) -> dict[str, Any]:
    """The document of that tag.

    Parameters:
        name: of the sweep.
        body: `properties` of its ARM body, already checked.
        experiment: name of its experiment.
        origin: of the data plane.
    """
    trial = body["trial"]
    return {
        "ServiceAddress": origin,
        "SubscriptionId": workspace.subscription,
        "ResourceGroupName": workspace.resource_group,
        "WorkspaceName": workspace.name,
        "ExperimentName": experiment,
        "Definition": {
            "Configuration": None,
            "Attribution": None,
            "TelemetryValues": None,
            "Overrides": _overrides(body),
            "SnapshotId": snapshot_guid(trial["codeId"]) if trial.get("codeId") else None,
            "Snapshots": [],
            "SourceCodeDataReference": None,
            "ParentRunId": None,
            "DataContainerId": None,
            "RunType": None,
            "DisplayName": body.get("displayName") or name,
            "EnvironmentAssetId": None,
            "Properties": {},
            "Tags": {},
            "AggregatedArtifactPath": None,
        },
        "ParentRunId": name,
    }


def snapshot_guid(code: str) -> str:
    """The guid by which run history names a job's code.

    Parameters:
        code: ARM id of the code.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, code))


def _overrides(body: Mapping[str, Any]) -> dict[str, Any]:
    trial = body["trial"]
    resources = trial.get("resources") or body.get("resources") or {}
    return {
        "Script": None,
        "Command": trial["command"],
        "UseAbsolutePath": True,
        "Arguments": [],
        "SourceDirectoryDataStore": None,
        "Framework": 0,
        "Target": short_name(body.get("computeId") or "") or None,
        "DataReferences": {},
        "Data": {},
        "OutputData": {},
        "Datacaches": [],
        "JobName": None,
        "MaxRunDurationSeconds": None,
        "NodeCount": resources.get("instanceCount") or 1,
        "InstanceTypes": [],
        "Priority": None,
        "CredentialPassthrough": False,
        "Identity": None,
        **dict.fromkeys(_NO_OVERRIDES),
        "History": {"OutputCollection": True, "DirectoriesToWatch": ["logs"], "EnableMLflowTracking": True},
        "CommandReturnCodeConfig": {"ReturnCode": "Zero", "SuccessfulReturnCodes": []},
        "EnvironmentVariables": dict(trial.get("environmentVariables") or {}),
        "ApplicationEndpoints": {},
        "Parameters": None,
    }
