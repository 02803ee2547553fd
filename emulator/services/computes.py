"""Computes: any name is one, with a node for each usable core of this machine; those that were made have their own."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.services.body_types import check_texts, check_types
from emulator.services.compute_documents import CLUSTER, COLLECTION, INSTANCE, Compute, creating, shown
from emulator.services.context import Emulator
from emulator.services.refusal import not_found, user_error
from emulator.storage import assets, jobs
from emulator.storage.assets import Asset
from emulator.trials.cores import usable_cores

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]")


class Absent(Exception):
    """There is no such compute; the service answers 404 and nothing else (recorded)."""


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
            Absent: the project file is strict about computes, and it is neither declared nor made.
        """
        asset = assets.get(self._store.reader(), workspace, COLLECTION, name)
        if asset is None and not self._emulator.project_files.of().has_compute(name):
            raise Absent(name)
        return self._shown(workspace, name, asset)

    def listing(self, workspace: WorkspaceId) -> list[dict[str, Any]]:
        """The computes that were made or declared, by name."""
        made = {asset.name: asset for asset in assets.of_kind(self._store.reader(), workspace, COLLECTION)}
        known = {name.lower() for name in made}
        declared = [one.name for one in self._emulator.project_files.of().content.computes]
        names = [*made, *(name for name in declared if name.lower() not in known)]
        return [self._shown(workspace, name, made.get(name)) for name in sorted(names)]

    async def put(self, workspace: WorkspaceId, name: str, body: Any) -> tuple[dict[str, Any], bool]:
        """PUT: make a compute, or change it; whether it is new comes with its document, which says `Creating`.

        Raises:
            Refusal: another type than AmlCompute and ComputeInstance, or a name no compute can have.
        """
        given = body.get("properties") if isinstance(body, dict) else None
        if not isinstance(given, dict) or given.get("computeType") not in (CLUSTER, INSTANCE):
            kind = given.get("computeType") if isinstance(given, dict) else None
            raise user_error(
                f"Computes of type {kind!r} are not served; the emulator has AmlCompute and ComputeInstance.",
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
        at, document = self._emulator.clock.now(), {**given, "tags": body.get("tags"), "location": body.get("location")}

        def write(conn: sqlite3.Connection) -> tuple[Asset, bool]:
            is_new = assets.get(conn, workspace, COLLECTION, name) is None
            return assets.put(conn, workspace, COLLECTION, name, "", document, at), is_new

        asset, created = await self._store.write_async(write)
        region = self._emulator.settings.region
        return creating(self._compute(name, asset), workspace, region), created

    async def switch(self, workspace: WorkspaceId, name: str, *, running: bool) -> None:
        """Start, stop or restart a compute instance.

        Raises:
            Refusal: it is not one.
        """
        state = "Running" if running else "Stopped"

        def write(conn: sqlite3.Connection) -> None:
            asset = assets.get(conn, workspace, COLLECTION, name)
            if asset is None or asset.document.get("computeType") != INSTANCE:
                raise user_error(f"Compute {name} is not a compute instance: it is neither started nor stopped.")
            own = {**(asset.document.get("properties") or {}), "state": state}
            document = {**asset.document, "properties": own}
            assets.put(conn, workspace, COLLECTION, name, "", document, self._emulator.clock.now())

        await self._store.write_async(write)

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
            asset = assets.get(conn, workspace, COLLECTION, name)
            if asset is None:
                raise not_found(f"Compute {name} was not made here, so it cannot be changed.", code="ResourceNotFound")
            own = asset.document.get("properties") or {}
            own = {**own, "scaleSettings": {**(own.get("scaleSettings") or {}), **scale}}
            assets.put(conn, workspace, COLLECTION, name, "", {**asset.document, "properties": own}, at)

        await self._store.write_async(write)
        return self.get(workspace, name)

    def nodes(self, workspace: WorkspaceId, name: str) -> list[dict[str, Any]]:
        """listNodes: those that run something now; the others are not allocated.

        Raises:
            Absent: as for `get`.
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
        return await self._store.write_async(lambda conn: assets.delete_only(conn, workspace, COLLECTION, name))

    def _compute(self, name: str, asset: Asset | None) -> Compute:
        declared = self._emulator.project_files.of().compute(name)
        nodes, size = (declared.nodes, declared.size) if declared else (None, None)
        if asset is None:
            return Compute(name, {}, 0.0, 0.0, nodes or usable_cores(), size)
        return Compute(name, asset.document, asset.created, asset.modified, nodes or usable_cores(), size)

    def _shown(self, workspace: WorkspaceId, name: str, asset: Asset | None) -> dict[str, Any]:
        settings = self._emulator.settings
        return shown(self._compute(name, asset), workspace, settings.region, settings.user_name)
