"""`MLClient.environments`, `.data`, `.models` ...: what can be done with a workspace's versioned assets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from gateway.client import not_served
from gateway.client.connection import Connection
from gateway.client.not_served import NotServed
from gateway.constants import ListViewType
from gateway.entities.model import Model
from gateway.entities.resource import copied
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

    Example:
        client.environments.create_or_update(Environment(name="e", image="python:3.11"))
        newest = client.environments.get("e", label="latest")
    """

    _not_served = not_served.ASSETS

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

    def create_or_update(self, entity: T | None = None, *, on_upload: OnUpload = lambda news: None, **named: T) -> T:
        """Register an asset and return it as the service has it; what is local is uploaded first.

        Parameters:
            entity: the asset; also by the name of its kind: `model=`, `environment=`, `data=`, `component=`.

        Raises:
            TypeError: no asset, or one by another name.
            ValidationException: it cannot be right, or this kind is only read.
        """
        given = self._kind.given(entity, named)
        return self._connection.run(self._kind.register(self._connection.workspace, given, on_upload))

    def archive(self, name: str, version: str | None = None, label: str | None = None) -> None:
        """Hide a version, or a name with all its versions, from lists.

        Raises:
            ValidationException: both version and label.
            gateway.exceptions.ResourceNotFoundError: there is no such asset.
        """
        self._set_archived(name, version, label, archived=True)

    def restore(self, name: str, version: str | None = None, label: str | None = None) -> None:
        """Show an archived version or name in lists again."""
        self._set_archived(name, version, label, archived=False)

    def _set_archived(self, name: str, version: str | None, label: str | None, *, archived: bool) -> None:
        self._connection.run(
            self._kind.set_archived(self._connection.workspace, name, version, label, archived=archived)
        )


def with_version(entity: Any, version: str | None) -> Any:
    """A copy of an entity with another version; it as it is where none is given."""
    if entity is None or version is None:
        return entity
    made = copied(entity)
    made.version = version
    return made


class ComponentOperations(AssetOperations[Any]):
    """The registered components; parameters as of `AssetOperations`."""

    def create_or_update(  # type: ignore[override]  # has the parameters of the official client
        self,
        component: Any | None = None,
        version: str | None = None,
        *,
        skip_validation: bool = False,
        on_upload: OnUpload = lambda news: None,
        **named: Any,
    ) -> Any:
        """Register a component.

        Parameters:
            component: of the gateway, or of azure.ai.ml.
            version: of what is registered, in place of the component's own.
            skip_validation: is of the official client; what the service checks is checked all the same.
        """
        return super().create_or_update(with_version(component, version), on_upload=on_upload, **named)


class ModelOperations(AssetOperations[Model]):
    """The registered models; parameters as of `AssetOperations`."""

    def list(
        self, name: str | None = None, stage: str | None = None, *, list_view_type: str = ListViewType.ACTIVE_ONLY
    ) -> Iterator[Model]:
        """All names, or the versions of one.

        Parameters:
            stage: of the versions of one name only those in this stage.
        """
        found = super().list(name, list_view_type=list_view_type)
        return (model for model in found if stage is None or name is None or model.stage == stage)

    def download(self, name: str, version: str, download_path: str | os.PathLike[str] = ".") -> None:
        """Fetch the files of a model to the folder `NAME` in the one given.

        Raises:
            AssetException: the model does not lie in a datastore, or has no files.
            gateway.exceptions.ResourceNotFoundError: there is no such model.
        """
        self._connection.run(resources.download_model(self._connection.workspace, name, version, Path(download_path)))


class WorkspaceOperations(NotServed):
    """The workspaces of the client's resource group.

    Parameters:
        connection: the connection to the client's own.
    """

    _not_served = not_served.WORKSPACES

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str | None = None) -> Workspace:
        """A workspace; by default the client's own."""
        return self._connection.run(assets.workspace_resource(self._connection.workspace, name))

    def list(self) -> Iterator[Workspace]:
        """All of them."""
        return map(workspace_from_arm, self._connection.each(assets.workspaces_page(self._connection.workspace)))
