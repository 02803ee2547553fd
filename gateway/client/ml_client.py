"""MLClient: the client of one workspace, in the cloud or on an emulator."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from contracts.studio import Cloud
from gateway.client import not_served
from gateway.client.connection import Connection
from gateway.client.job_operations import JobOperations
from gateway.client.not_served import NotServed
from gateway.client.workspace_choice import WorkspaceChoice
from gateway.transport.auth import Credential
from gateway.transport.messages import Transport

if TYPE_CHECKING:
    from gateway.client.asset_operations import (
        AssetOperations,
        ComponentOperations,
        ModelOperations,
        WorkspaceOperations,
    )
    from gateway.client.resource_operations import ComputeOperations, DatastoreOperations
    from gateway.entities.assets import Data
    from gateway.entities.environment import Environment
    from gateway.operations.assets import ArmResource, AssetKind
    from gateway.operations.poller import Poller

T = TypeVar("T")


class MLClient(WorkspaceChoice, NotServed):
    """The client of one workspace.

    Parameters:
        credential: any azure-identity credential, or any object with `get_token`; by default DefaultAzureCredential.
        subscription_id: the workspace's subscription; what is not given comes from the environment, the nearest
            `config.json`, or the defaults of `az`.
        resource_group_name: its resource group, likewise.
        workspace_name: its name, likewise.
        cloud: `AzureCloud`, `AzureChinaCloud` or `AzureUSGovernment`; by default what `AZUREML_CURRENT_CLOUD` says.
        base_url: address of the control plane instead of a cloud's: `https://127.0.0.1:8443` for an emulator.
        transport: where requests go; by default the network.

    Example:
        client = MLClient(DefaultAzureCredential(), "sub", "group", "workspace")
        job = client.jobs.create_or_update(load_job("sweep.yml"))
        client.jobs.stream(job.name)
    """

    _not_served = not_served.CLIENT

    def __init__(
        self,
        credential: Credential | None = None,
        subscription_id: str | None = None,
        resource_group_name: str | None = None,
        workspace_name: str | None = None,
        *,
        cloud: Cloud | str | None = None,
        base_url: str | None = None,
        transport: Transport | None = None,
    ) -> None:
        super().__init__(subscription_id, resource_group_name, workspace_name)
        self.connection = Connection(self._find_workspace, credential, cloud, base_url, transport)

    @cached_property
    def jobs(self) -> JobOperations:
        """What can be done with jobs."""
        return JobOperations(self.connection)

    @cached_property
    def environments(self) -> AssetOperations[Environment]:
        """What can be done with environments."""
        from gateway.operations.assets import ENVIRONMENTS

        return self._assets(ENVIRONMENTS)

    @cached_property
    def data(self) -> AssetOperations[Data]:
        """What can be done with data assets."""
        from gateway.operations.assets import DATA

        return self._assets(DATA)

    @cached_property
    def code(self) -> AssetOperations[ArmResource]:
        """The code folders that were uploaded."""
        from gateway.operations.assets import CODE

        return self._assets(CODE)

    @cached_property
    def components(self) -> ComponentOperations:
        """The registered components; each can be called to make a step of a pipeline."""
        from gateway.client.asset_operations import ComponentOperations
        from gateway.operations.components import COMPONENTS

        return ComponentOperations(self.connection, COMPONENTS)

    @cached_property
    def models(self) -> ModelOperations:
        """What can be done with models."""
        from gateway.client.asset_operations import ModelOperations
        from gateway.operations.assets import MODELS

        return ModelOperations(self.connection, MODELS)

    @cached_property
    def computes(self) -> ComputeOperations:
        """What can be done with computes."""
        from gateway.client.resource_operations import ComputeOperations

        return ComputeOperations(self.connection)

    @property
    def compute(self) -> ComputeOperations:
        """The computes, by the official client's name."""
        return self.computes

    @cached_property
    def datastores(self) -> DatastoreOperations:
        """What can be done with datastores."""
        from gateway.client.resource_operations import DatastoreOperations

        return DatastoreOperations(self.connection)

    @cached_property
    def workspaces(self) -> WorkspaceOperations:
        """The workspaces of the resource group."""
        from gateway.client.asset_operations import WorkspaceOperations

        return WorkspaceOperations(self.connection)

    def _assets(self, kind: AssetKind[T]) -> AssetOperations[T]:
        from gateway.client.asset_operations import AssetOperations

        return AssetOperations(self.connection, kind)

    def create_or_update(self, entity: Any, **options: Any) -> Any:
        """Submit a job, or register an environment, data asset, model, component or datastore.

        Parameters:
            entity: what; the operations of its kind say what comes back.
            options: those of `jobs.create_or_update`, or of the kind's.

        Raises:
            ValidationException: it is none of these; a compute begins by `begin_create_or_update`.
        """
        from gateway.operations.official.entities import operations_of

        name = operations_of(entity)
        return getattr(self, name).create_or_update(entity, **options)

    def begin_create_or_update(self, entity: Any) -> Poller:
        """Begin to make a compute; the poller's result is the compute."""
        return self.compute.begin_create_or_update(entity)

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
