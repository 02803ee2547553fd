"""The assets of a workspace, awaited; what each method does, `gateway.client.asset_operations` says."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from gateway.aio.connection import AsyncConnection
from gateway.client import not_served
from gateway.client.asset_operations import with_version
from gateway.client.not_served import NotServed
from gateway.constants import ListViewType
from gateway.entities.model import Model
from gateway.entities.workspace import Workspace
from gateway.operations import assets, resources
from gateway.operations.assets import AssetKind
from gateway.operations.uploads import OnUpload
from gateway.serialization.arm.resources import workspace_from_arm

T = TypeVar("T")


class AssetOperations(NotServed, Generic[T]):
    """The assets of one kind.

    Parameters:
        connection: the connection to the workspace.
        kind: which kind.
    """

    _not_served = not_served.ASSETS

    def __init__(self, connection: AsyncConnection, kind: AssetKind[T]) -> None:
        self._connection = connection
        self._kind = kind

    async def get(self, name: str, version: str | None = None, label: str | None = None) -> T:
        """One asset."""
        return await self._connection.run(lambda workspace: self._kind.get(workspace, name, version, label))

    async def list(
        self, name: str | None = None, *, list_view_type: str = ListViewType.ACTIVE_ONLY
    ) -> AsyncIterator[T]:
        """All names, or the versions of one."""
        pages = self._connection.each(lambda workspace: self._kind.first_page(workspace, name, list_view_type))
        async for document in pages:
            yield self._kind.entity(document)

    async def create_or_update(
        self, entity: T | None = None, *, on_upload: OnUpload = lambda news: None, **named: T
    ) -> T:
        """Register an asset."""
        given = self._kind.given(entity, named)
        return await self._connection.run(lambda workspace: self._kind.register(workspace, given, on_upload))

    async def archive(self, name: str, version: str | None = None, label: str | None = None) -> None:
        """Hide a version, or a name with all its versions, from lists."""
        await self._set_archived(name, version, label, archived=True)

    async def restore(self, name: str, version: str | None = None, label: str | None = None) -> None:
        """Show an archived version or name in lists again."""
        await self._set_archived(name, version, label, archived=False)

    async def _set_archived(self, name: str, version: str | None, label: str | None, *, archived: bool) -> None:
        await self._connection.run(
            lambda workspace: self._kind.set_archived(workspace, name, version, label, archived=archived)
        )


class ComponentOperations(AssetOperations[Any]):
    """The registered components; parameters as of `AssetOperations`."""

    async def create_or_update(  # type: ignore[override]  # has the parameters of the official client
        self,
        component: Any | None = None,
        version: str | None = None,
        *,
        skip_validation: bool = False,
        on_upload: OnUpload = lambda news: None,
        **named: Any,
    ) -> Any:
        """Register a component, by `version` instead of its own where one is given."""
        given = with_version(component, version)
        return await super().create_or_update(given, on_upload=on_upload, **named)


class ModelOperations(AssetOperations[Model]):
    """The registered models; parameters as of `AssetOperations`."""

    async def list(
        self, name: str | None = None, stage: str | None = None, *, list_view_type: str = ListViewType.ACTIVE_ONLY
    ) -> AsyncIterator[Model]:
        """All names, or the versions of one, of these only those in a stage."""
        async for model in super().list(name, list_view_type=list_view_type):
            if stage is None or name is None or model.stage == stage:
                yield model

    async def download(self, name: str, version: str, download_path: str | os.PathLike[str] = ".") -> None:
        """Fetch the files of a model to the folder `NAME` in the one given."""
        folder = Path(download_path)
        await self._connection.run(lambda workspace: resources.download_model(workspace, name, version, folder))


class WorkspaceOperations(NotServed):
    """The workspaces of the client's resource group.

    Parameters:
        connection: the connection to the client's own.
    """

    _not_served = not_served.WORKSPACES

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str | None = None) -> Workspace:
        """A workspace; by default the client's own."""
        return await self._connection.run(lambda workspace: assets.workspace_resource(workspace, name))

    async def list(self) -> AsyncIterator[Workspace]:
        """All of them."""
        async for document in self._connection.each(assets.workspaces_page):
            yield workspace_from_arm(document)
