"""Workspaces as they are read; they are made with the portal, `az ml` or a template."""

from __future__ import annotations

from typing import Any

from gateway.entities.resource import Resource


class Workspace(Resource):
    """A workspace.

    Parameters:
        name, description, tags: as in Resource.
        display_name: what Studio shows.
        location: its region.
        resource_group: its resource group.
        storage_account, key_vault, application_insights, container_registry: ARM ids of what belongs to it.
        discovery_url, mlflow_tracking_uri: where its services are (keyword arguments).
    """

    _SERVED = Resource._SERVED | {"discovery_url", "mlflow_tracking_uri"}
    _discovery_url: str | None = None
    _mlflow_tracking_uri: str | None = None

    def __init__(
        self,
        *,
        name: str,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        display_name: str | None = None,
        location: str | None = None,
        resource_group: str | None = None,
        storage_account: str | None = None,
        key_vault: str | None = None,
        application_insights: str | None = None,
        container_registry: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, description, tags, None, **kwargs)
        self.display_name = display_name
        self.location = location
        self.resource_group = resource_group
        self.storage_account = storage_account
        self.key_vault = key_vault
        self.application_insights = application_insights
        self.container_registry = container_registry

    @property
    def discovery_url(self) -> str | None:
        """Where the addresses of its services are listed."""
        return self._discovery_url

    @property
    def mlflow_tracking_uri(self) -> str | None:
        """What `mlflow.set_tracking_uri` takes."""
        return self._mlflow_tracking_uri
