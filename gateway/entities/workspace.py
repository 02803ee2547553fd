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
        public_network_access: `Enabled` or `Disabled`.
        image_build_compute: the compute that builds images where the registry is not public.
        hbi_workspace: whether it holds data of high impact, so that less is collected of it.
        primary_user_assigned_identity: ARM id of the identity that it acts as.
        system_datastores_auth_mode: `accesskey` or `identity`.
        enable_data_isolation: whether projects of a hub are kept apart.
        allow_roleassignment_on_rg: whether it may assign roles in its resource group.
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
        public_network_access: str | None = None,
        image_build_compute: str | None = None,
        hbi_workspace: bool | None = None,
        primary_user_assigned_identity: str | None = None,
        system_datastores_auth_mode: str | None = None,
        enable_data_isolation: bool = False,
        allow_roleassignment_on_rg: bool | None = None,
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
        self.public_network_access = public_network_access
        self.image_build_compute = image_build_compute
        self.hbi_workspace = hbi_workspace
        self.primary_user_assigned_identity = primary_user_assigned_identity
        self.system_datastores_auth_mode = system_datastores_auth_mode
        self.enable_data_isolation = enable_data_isolation
        self.allow_roleassignment_on_rg = allow_roleassignment_on_rg

    @property
    def discovery_url(self) -> str | None:
        """Where the addresses of its services are listed."""
        return self._discovery_url

    @property
    def mlflow_tracking_uri(self) -> str | None:
        """What `mlflow.set_tracking_uri` takes."""
        return self._mlflow_tracking_uri
