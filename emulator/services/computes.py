"""Computes: any name is one, with a node for each usable core of this machine; those that were made have their own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.clock import iso
from emulator.services.body_types import check_texts, check_types
from emulator.services.context import Emulator
from emulator.services.refusal import not_found, user_error
from emulator.storage import assets, jobs
from emulator.trials.cores import usable_cores

_COLLECTION = "computes"
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]")


class ComputeService:
    """What can be done with computes.

    Parameters:
        emulator: keeps them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._store = emulator.store

    def get(self, workspace: WorkspaceId, name: str) -> dict[str, Any]:
        """GET of any compute.

        Raises:
            Refusal: 404, where the project file is strict about computes.
        """
        if not self._emulator.project_files.of().has_compute(name):
            raise not_found(f"Compute {name} not found.", code="ResourceNotFound")
        asset = assets.get(self._store.reader(), workspace, _COLLECTION, name)
        return self._shown(workspace, name, asset.document if asset else {}, asset.created if asset else 0.0)

    def listing(self, workspace: WorkspaceId) -> list[dict[str, Any]]:
        """The computes that were made, by name."""
        found = assets.of_kind(self._store.reader(), workspace, _COLLECTION)
        return sorted(
            (self._shown(workspace, asset.name, asset.document, asset.created) for asset in found),
            key=lambda document: str(document["name"]),
        )

    async def put(self, workspace: WorkspaceId, name: str, body: Any) -> tuple[dict[str, Any], bool]:
        """PUT: make a compute, or change it; whether it is new comes with its document.

        Raises:
            Refusal: another type than AmlCompute, or a name no compute can have.
        """
        given = body.get("properties") if isinstance(body, dict) else None
        if not isinstance(given, dict) or given.get("computeType") != "AmlCompute":
            kind = given.get("computeType") if isinstance(given, dict) else None
            raise user_error(
                f"Computes of type {kind!r} are not served; the emulator runs jobs on AmlCompute.",
                target="properties.computeType",
            )
        if not _NAME.fullmatch(name):
            raise user_error(
                f"The compute name {name!r} is not valid: use 2 to 32 letters, digits and hyphens, a letter first.",
                target="name",
            )
        check_texts(body.get("tags"), "tags")
        check_types(given, {"properties": dict, "description": str})
        own = given.get("properties") or {}
        check_types(own, {"scaleSettings": dict, "vmSize": str}, "properties.properties")
        at, document = self._emulator.clock.now(), {**given, "tags": body.get("tags") or {}}
        created = await self._store.write_async(
            lambda conn: assets.put_only(conn, workspace, _COLLECTION, name, document, at)
        )
        return self.get(workspace, name), created

    async def update(self, workspace: WorkspaceId, name: str, body: Any) -> dict[str, Any]:
        """PATCH: change the scale settings of a compute that was made.

        Raises:
            Refusal: 404; or a body without `properties.properties.scaleSettings`.
        """
        given = body.get("properties") if isinstance(body, dict) else None
        own = given.get("properties") or given if isinstance(given, dict) else None
        scale = own.get("scaleSettings") if isinstance(own, dict) else None
        if not isinstance(scale, dict):
            raise user_error(
                "Only the scale settings of a compute can be changed: give properties.properties.scaleSettings.",
                target="properties.properties.scaleSettings",
            )
        at = self._emulator.clock.now()

        def write(conn: sqlite3.Connection) -> None:
            asset = assets.get(conn, workspace, _COLLECTION, name)
            if asset is None:
                raise not_found(f"Compute {name} was not made here, so it cannot be changed.", code="ResourceNotFound")
            own = asset.document.get("properties") or {}
            own = {**own, "scaleSettings": {**(own.get("scaleSettings") or {}), **scale}}
            assets.put(conn, workspace, _COLLECTION, name, "", {**asset.document, "properties": own}, at)

        await self._store.write_async(write)
        return self.get(workspace, name)

    def nodes(self, workspace: WorkspaceId, name: str) -> list[dict[str, Any]]:
        """listNodes: those that run something now; the others are not allocated.

        Raises:
            Refusal: 404, where the project file is strict about computes.
        """
        self.get(workspace, name)
        return [
            {
                "nodeId": f"{name}-{job.name}",
                "privateIpAddress": "127.0.0.1",
                "publicIpAddress": None,
                "port": None,
                "nodeState": "running",
                "runId": job.name,
            }
            for job in jobs.running_on(self._store.reader(), workspace, name)
        ]

    async def delete(self, workspace: WorkspaceId, name: str) -> bool:
        """DELETE: forget what was made under that name; whether anything was."""
        return await self._store.write_async(lambda conn: assets.delete_only(conn, workspace, _COLLECTION, name))

    def _shown(self, workspace: WorkspaceId, name: str, document: Mapping[str, Any], created: float) -> dict[str, Any]:
        declared = self._emulator.project_files.of().compute(name)
        size = {"vmSize": declared.size} if declared and declared.size else {}
        nodes = {"maxNodeCount": declared.nodes} if declared and declared.nodes else {}
        own = {**size, **(document.get("properties") or {})}
        return {
            "id": workspace.child(_COLLECTION, name),
            "name": name,
            "type": f"{PROVIDER}/workspaces/{_COLLECTION}",
            "location": self._emulator.settings.region,
            "tags": document.get("tags") or {},
            "properties": {
                "computeType": "AmlCompute",
                "computeLocation": self._emulator.settings.region,
                "description": document.get("description"),
                "createdOn": iso(created),
                "modifiedOn": iso(created),
                "isAttachedCompute": False,
                "disableLocalAuth": True,
                "provisioningState": "Succeeded",
                "provisioningErrors": None,
                "properties": {
                    "osType": "Linux",
                    "vmSize": "STANDARD_LOCAL",
                    "vmPriority": "Dedicated",
                    "allocationState": "Steady",
                    "allocationStateTransitionTime": iso(created),
                    "currentNodeCount": 0,
                    "targetNodeCount": 0,
                    "errors": None,
                    "isolatedNetwork": False,
                    "enableNodePublicIp": True,
                    "remoteLoginPortPublicAccess": "NotSpecified",
                    "subnet": None,
                    "virtualMachineImage": None,
                    "nodeStateCounts": {
                        "idleNodeCount": 0,
                        "leavingNodeCount": 0,
                        "preemptedNodeCount": 0,
                        "preparingNodeCount": 0,
                        "runningNodeCount": 0,
                        "unusableNodeCount": 0,
                    },
                    **own,
                    "scaleSettings": {
                        "minNodeCount": 0,
                        "nodeIdleTimeBeforeScaleDown": "PT2M",
                        "maxNodeCount": usable_cores(),
                        **nodes,
                        **(own.get("scaleSettings") or {}),
                    },
                },
            },
        }
