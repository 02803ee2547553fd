"""Computes and datastores, awaited; what each method does, `gateway.client.resource_operations` says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

from gateway.aio.connection import AsyncConnection
from gateway.aio.poller import AsyncPoller
from gateway.client import not_served
from gateway.client.not_served import NotServed
from gateway.entities.compute import Compute
from gateway.entities.datastore import Datastore
from gateway.operations import resources
from gateway.operations.assets import COMPUTES, DATASTORES
from gateway.operations.workspace import Workspace
from gateway.transport.long_running import Operation
from gateway.transport.steps import Steps


class ComputeOperations(NotServed):
    """The computes.

    Parameters:
        connection: the connection to the workspace.
    """

    _not_served = not_served.COMPUTES

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str) -> Compute:
        """A compute by name."""
        return await self._connection.run(lambda workspace: COMPUTES.get(workspace, name))

    async def list(self, *, compute_type: str | None = None) -> AsyncIterator[Compute]:
        """The computes, of one type (`AMLCompute`) if wanted."""
        pages = self._connection.each(lambda workspace: resources.computes_page(workspace, compute_type))
        async for document in pages:
            if resources.is_of_type(compute := COMPUTES.entity(document), compute_type):
                yield compute

    async def list_nodes(self, name: str) -> AsyncIterator[dict[str, object]]:
        """The machines of a cluster that are up, as the service has them."""
        for node in await self._connection.run(lambda workspace: resources.compute_nodes(workspace, name)):
            yield node

    async def begin_create_or_update(self, compute: Compute) -> AsyncPoller:
        """Make a cluster, or change one; the poller's result is the compute."""
        return await self._begin(lambda workspace: resources.begin_compute(workspace, compute), compute.name)

    async def begin_delete(self, name: str, *, action: str = "Delete") -> AsyncPoller:
        """Delete a compute; `action="Detach"` leaves the machines behind it."""
        return await self._begin(lambda workspace: resources.begin_delete_compute(workspace, name, action))

    async def begin_start(self, name: str) -> AsyncPoller:
        """Start a compute instance."""
        return await self._begin(lambda workspace: resources.begin_compute_action(workspace, name, "start"))

    async def begin_stop(self, name: str) -> AsyncPoller:
        """Stop a compute instance."""
        return await self._begin(lambda workspace: resources.begin_compute_action(workspace, name, "stop"))

    async def begin_restart(self, name: str) -> AsyncPoller:
        """Restart a compute instance."""
        return await self._begin(lambda workspace: resources.begin_compute_action(workspace, name, "restart"))

    async def _begin(self, make: Callable[[Workspace], Steps[Operation]], made: str | None = None) -> AsyncPoller:
        begun = await self._connection.run(make)
        return AsyncPoller(begun, self._connection.session, (lambda: self.get(made)) if made else None)


class DatastoreOperations(NotServed):
    """The datastores.

    Parameters:
        connection: the connection to the workspace.
    """

    _not_served = not_served.ASSETS

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str, *, include_secrets: bool = False) -> Datastore:
        """A datastore by name."""
        return await self._connection.run(
            lambda workspace: resources.datastore(workspace, name, secrets=include_secrets)
        )

    async def get_default(self, *, include_secrets: bool = False) -> Datastore:
        """The datastore that local inputs are uploaded to where no other is named."""
        return await self._connection.run(
            lambda workspace: resources.default_datastore(workspace, secrets=include_secrets)
        )

    async def list(self, *, include_secrets: bool = False) -> AsyncIterator[Datastore]:
        """All of them."""
        async for document in self._connection.each(lambda workspace: DATASTORES.first_page(workspace)):
            steps = partial(resources.datastore_of, document=document, secrets=include_secrets)
            yield await self._connection.run(steps)

    async def create_or_update(self, datastore: Datastore) -> Datastore:
        """Make a storage known to the workspace, or change how it is."""
        return await self._connection.run(
            lambda workspace: DATASTORES.register(workspace, datastore, lambda news: None)
        )

    async def delete(self, name: str) -> None:
        """Forget a datastore; what is in the storage stays."""
        await self._connection.run(lambda workspace: resources.delete_datastore(workspace, name))
