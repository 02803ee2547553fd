"""`MLClient.environments`, `.data`, `.computes` ...: what can be done with a workspace's assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from gateway.client.connection import Connection
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

    Example:
        client.environments.create_or_update(Environment(name="e", image="python:3.11"))
        newest = client.environments.get("e", label="latest")
    """

    def __init__(self, connection: Connection, kind: AssetKind[T]) -> None:
        self._connection = connection
        self._kind = kind

    def get(self, name: str, version: str | None = None, label: str | None = None) -> T:
        """One asset.

        Parameters:
            version: which version, where there are versions.
            label: `latest` instead of a version.

        Raises:
            ValidationException: neither version nor label, or both.
            gateway.exceptions.ResourceNotFoundError: there is no such asset.
        """
        return self._connection.run(self._kind.get(self._connection.workspace, name, version, label))

    def list(self, name: str | None = None, *, list_view_type: str = ListViewType.ACTIVE_ONLY) -> Iterator[T]:
        """All names, or the versions of one; pages are fetched as they are needed."""
        first = self._kind.first_page(self._connection.workspace, name, list_view_type)
        return (self._kind.entity(document) for document in self._connection.each(first))

    def create_or_update(self, entity: T, *, on_upload: OnUpload = lambda news: None) -> T:
        """Register an asset and return it as the service has it; what is local is uploaded first.

        Raises:
            ValidationException: it cannot be right, or this kind is only read.
        """
        return self._connection.run(self._kind.register(self._connection.workspace, entity, on_upload))


class WorkspaceOperations:
    """The workspaces of the client's resource group.

    Parameters:
        connection: the connection to the client's own.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str | None = None) -> ArmResource:
        """A workspace; by default the client's own."""
        return self._connection.run(assets.workspace_resource(self._connection.workspace, name))

    def list(self) -> Iterator[ArmResource]:
        """All of them."""
        return map(assets.made_workspace, self._connection.each(assets.workspaces_page(self._connection.workspace)))
