"""The assets of a workspace, awaited; what each method does, `gateway.client.asset_operations` says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from gateway.aio.connection import AsyncConnection
from gateway.constants import ListViewType
from gateway.operations import assets
from gateway.operations.assets import ArmResource, AssetKind
from gateway.operations.uploads import OnUpload

T = TypeVar("T")


class AssetOperations(Generic[T]):
    """The assets of one kind.

    Parameters:
        connection: the connection to the workspace.
        kind: which kind.
    """

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

    async def create_or_update(self, entity: T, *, on_upload: OnUpload = lambda news: None) -> T:
        """Register an asset."""
        return await self._connection.run(lambda workspace: self._kind.register(workspace, entity, on_upload))


class WorkspaceOperations:
    """The workspaces of the client's resource group.

    Parameters:
        connection: the connection to the client's own.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str | None = None) -> ArmResource:
        """A workspace; by default the client's own."""
        return await self._connection.run(lambda workspace: assets.workspace_resource(workspace, name))

    async def list(self) -> AsyncIterator[ArmResource]:
        """All of them."""
        async for document in self._connection.each(assets.workspaces_page):
            yield assets.made_workspace(document)
