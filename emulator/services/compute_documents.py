"""The ARM documents of computes. Source: recorded for an AmlCompute; the definitions for a ComputeInstance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.clock import iso

COLLECTION = "computes"
CLUSTER, INSTANCE = "AmlCompute", "ComputeInstance"

_NO_NODES = {
    "preparingNodeCount": 0,
    "runningNodeCount": 0,
    "idleNodeCount": 0,
    "unusableNodeCount": 0,
    "leavingNodeCount": 0,
    "preemptedNodeCount": 0,
}


@dataclass(frozen=True, slots=True)
class Compute:
    """A compute.

    Parameters:
        name: of it.
        document: what it was made with: `properties` of its body, with `location` and `tags`.
        created, modified: seconds since the epoch.
        nodes: at most so many.
        size: of a machine, where the document has none.
    """

    name: str
    document: Mapping[str, Any]
    created: float
    modified: float
    nodes: int
    size: str | None = None

    @property
    def type(self) -> str:
        """`AmlCompute` or `ComputeInstance`."""
        return str(self.document.get("computeType") or CLUSTER)


def shown(compute: Compute, workspace: WorkspaceId, region: str, user: str) -> dict[str, Any]:
    """A compute as GET and lists show it.

    Parameters:
        region: where it is, when it was made without saying so.
        user: whose instance it is.
    """
    own = _instance(compute, user) if compute.type == INSTANCE else _cluster(compute)
    return _document(
        compute,
        workspace,
        compute.document.get("location") or region,
        compute.document.get("tags") or {},
        {
            "computeLocation": compute.document.get("location") or region,
            "provisioningState": "Succeeded",
            "provisioningErrors": None,
            "provisioningWarnings": {},
        },
        own,
    )


def creating(compute: Compute, workspace: WorkspaceId, region: str) -> dict[str, Any]:
    """A compute as the answer to its PUT shows it: still being made."""
    given = dict(compute.document.get("properties") or {})
    if compute.type == CLUSTER:
        unknown = ("currentNodeCount", "targetNodeCount", "nodeStateCounts", "allocationState", "errors")
        own = {**_common(given), **dict.fromkeys(unknown), **_given(given)}
        own["scaleSettings"] = _scale(compute)
    else:
        own = {**given, "state": "Creating"}
    return _document(
        compute,
        workspace,
        compute.document.get("location") or region,
        compute.document.get("tags"),
        {"provisioningState": "Creating", "provisioningErrors": None, "provisioningWarnings": None},
        own,
    )


def _document(
    compute: Compute,
    workspace: WorkspaceId,
    location: str,
    tags: Mapping[str, str] | None,
    state: Mapping[str, Any],
    own: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "id": workspace.child(COLLECTION, compute.name),
        "name": compute.name,
        "type": f"{PROVIDER}/workspaces/{COLLECTION}",
        "location": location,
        "tags": tags,
        "properties": {
            "createdOn": iso(compute.created),
            "modifiedOn": iso(compute.modified),
            "disableLocalAuth": bool(compute.document.get("disableLocalAuth", False)),
            "description": compute.document.get("description"),
            "resourceId": None,
            "computeType": compute.type,
            **state,
            "isAttachedCompute": False,
            "properties": own,
        },
    }


def _cluster(compute: Compute) -> dict[str, Any]:
    given = dict(compute.document.get("properties") or {})
    return {
        **_common(given),
        "vmSize": str(given.get("vmSize") or compute.size or "STANDARD_LOCAL").upper(),
        "currentNodeCount": 0,
        "targetNodeCount": 0,
        "nodeStateCounts": dict(_NO_NODES),
        "allocationState": "Steady",
        "allocationStateTransitionTime": iso(compute.created),
        "errors": None,
        "propertyBag": {},
        **_given(given),
        "scaleSettings": _scale(compute),
    }


def _common(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vmSize": str(given.get("vmSize") or "STANDARD_LOCAL").upper(),
        "vmPriority": "Dedicated",
        "subnet": None,
        "remoteLoginPortPublicAccess": "Enabled",
        "osType": "Linux",
        "virtualMachineImage": None,
        "isolatedNetwork": False,
        "enableBatchPrivateLink": False,
    }


def _given(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a cluster was made with, but for the size, which is shown in upper case; a password is never shown."""
    kept = {key: value for key, value in given.items() if key != "vmSize" and value is not None}
    account = kept.get("userAccountCredentials")
    if isinstance(account, Mapping):
        secret = ("adminUserPassword", "adminUserSshPublicKey")
        kept["userAccountCredentials"] = {key: None if key in secret else value for key, value in account.items()}
    return kept


def _scale(compute: Compute) -> dict[str, Any]:
    given = (compute.document.get("properties") or {}).get("scaleSettings") or {}
    return {"maxNodeCount": compute.nodes, "minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT2M", **given}


def _instance(compute: Compute, user: str) -> dict[str, Any]:
    given = {key: value for key, value in (compute.document.get("properties") or {}).items() if value is not None}
    return {
        "vmSize": str(given.get("vmSize") or "STANDARD_LOCAL").upper(),
        "applicationSharingPolicy": "Shared",
        "sshSettings": {"sshPublicAccess": "Disabled", "adminUserName": "azureuser", "sshPort": 22},
        "connectivityEndpoints": {"publicIpAddress": None, "privateIpAddress": "127.0.0.1"},
        "createdBy": {"userName": user, "userOrgId": None, "userId": None},
        "errors": [],
        "lastOperation": None,
        **{key: value for key, value in given.items() if key not in ("vmSize", "sshSettings")},
        "state": given.get("state") or "Running",
    }
