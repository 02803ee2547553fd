"""MLClient for asynchronous programs."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

from contracts.studio import Cloud
from gateway.aio.asset_operations import AssetOperations, ComponentOperations, ModelOperations, WorkspaceOperations
from gateway.aio.connection import AsyncConnection
from gateway.aio.job_operations import JobOperations
from gateway.aio.poller import AsyncPoller
from gateway.aio.resource_operations import ComputeOperations, DatastoreOperations
from gateway.client import not_served
from gateway.client.not_served import NotServed
from gateway.client.workspace_choice import WorkspaceChoice
from gateway.entities.assets import Data
from gateway.entities.environment import Environment
from gateway.operations import assets
from gateway.operations.assets import ArmResource
from gateway.operations.official.entities import operations_of
from gateway.transport.messages import AsyncTransport, Transport


class MLClient(WorkspaceChoice, NotServed):
    """The client of one workspace; all that asks the service is awaited, listings are asynchronous iterators.

    Local files are read in the event loop, at most 64 MB at a time.

    Parameters:
        credential: any credential of azure.identity or azure.identity.aio, or any object with `get_token`; by default
            DefaultAzureCredential.
        subscription_id, resource_group_name, workspace_name, cloud, base_url: as in `gateway.MLClient`.
        transport: where requests go, synchronous or not; by default the network.

    Example:
        async with MLClient(DefaultAzureCredential(), "sub", "group", "workspace") as client:
            job = await client.jobs.create_or_update(load_job("sweep.yml"))
            ended = await client.jobs.wait(job.name)
    """

    _not_served = not_served.CLIENT

    def __init__(
        self,
        credential: Any = None,
        subscription_id: str | None = None,
        resource_group_name: str | None = None,
        workspace_name: str | None = None,
        *,
        cloud: Cloud | str | None = None,
        base_url: str | None = None,
        transport: AsyncTransport | Transport | None = None,
    ) -> None:
        super().__init__(subscription_id, resource_group_name, workspace_name)
        self.connection = AsyncConnection(self._find_workspace, credential, cloud, base_url, transport)

    @cached_property
    def jobs(self) -> JobOperations:
        """What can be done with jobs."""
        return JobOperations(self.connection)

    @cached_property
    def environments(self) -> AssetOperations[Environment]:
        """What can be done with environments."""
        return AssetOperations(self.connection, assets.ENVIRONMENTS)

    @cached_property
    def data(self) -> AssetOperations[Data]:
        """What can be done with data assets."""
        return AssetOperations(self.connection, assets.DATA)

    @cached_property
    def code(self) -> AssetOperations[ArmResource]:
        """The code folders that were uploaded."""
        return AssetOperations(self.connection, assets.CODE)

    @cached_property
    def components(self) -> ComponentOperations:
        """The registered components."""
        from gateway.operations.components import COMPONENTS

        return ComponentOperations(self.connection, COMPONENTS)

    @cached_property
    def models(self) -> ModelOperations:
        """What can be done with models."""
        return ModelOperations(self.connection, assets.MODELS)

    @cached_property
    def computes(self) -> ComputeOperations:
        """What can be done with computes."""
        return ComputeOperations(self.connection)

    @property
    def compute(self) -> ComputeOperations:
        """The computes, by the official client's name."""
        return self.computes

    @cached_property
    def datastores(self) -> DatastoreOperations:
        """What can be done with datastores."""
        return DatastoreOperations(self.connection)

    @cached_property
    def workspaces(self) -> WorkspaceOperations:
        """The workspaces of the resource group."""
        return WorkspaceOperations(self.connection)

    async def create_or_update(self, entity: Any, **options: Any) -> Any:
        """Submit a job, or register an environment, data asset, model, component or datastore."""
        return await getattr(self, operations_of(entity)).create_or_update(entity, **options)

    async def begin_create_or_update(self, entity: Any) -> AsyncPoller:
        """Begin to make a compute; the poller's result is the compute."""
        return await self.compute.begin_create_or_update(entity)

    async def close(self) -> None:
        """Close the connections."""
        await self.connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
