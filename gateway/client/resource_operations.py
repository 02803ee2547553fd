"""`MLClient.compute` and `.datastores`: what can be done with what has no versions."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.client import not_served
from gateway.client.connection import Connection
from gateway.client.not_served import NotServed
from gateway.entities.compute import Compute
from gateway.entities.datastore import Datastore
from gateway.operations import resources
from gateway.operations.assets import COMPUTES, DATASTORES
from gateway.operations.poller import Poller
from gateway.transport.long_running import Operation
from gateway.transport.steps import Steps


class ComputeOperations(NotServed):
    """The computes.

    Parameters:
        connection: the connection to the workspace.

    Example:
        cluster = client.compute.begin_create_or_update(AmlCompute(name="cpu", max_instances=2)).result()
    """

    _not_served = not_served.COMPUTES

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Compute:
        """A compute by name.

        Raises:
            gateway.exceptions.ResourceNotFoundError: there is no such compute.
        """
        return self._connection.run(COMPUTES.get(self._connection.workspace, name))

    def list(self, *, compute_type: str | None = None) -> Iterator[Compute]:
        """The computes, of one type (`AMLCompute`) if wanted."""
        pages = self._connection.each(resources.computes_page(self._connection.workspace, compute_type))
        found = map(COMPUTES.entity, pages)
        return (compute for compute in found if resources.is_of_type(compute, compute_type))

    def list_nodes(self, name: str) -> Iterator[dict[str, object]]:
        """The machines of a cluster that are up, as the service has them."""
        nodes = self._connection.run(resources.compute_nodes(self._connection.workspace, name))
        return iter(nodes)

    def begin_create_or_update(self, compute: Compute) -> Poller:
        """Make a cluster, or change one; the poller's result is the compute.

        Raises:
            ValidationException: its type is only read here.
        """
        name = compute.name or ""
        return self._begin(resources.begin_compute(self._connection.workspace, compute), name)

    def begin_delete(self, name: str, *, action: str = "Delete") -> Poller:
        """Delete a compute; `action="Detach"` leaves the machines behind it."""
        return self._begin(resources.begin_delete_compute(self._connection.workspace, name, action))

    def begin_start(self, name: str) -> Poller:
        """Start a compute instance."""
        return self._begin(resources.begin_compute_action(self._connection.workspace, name, "start"))

    def begin_stop(self, name: str) -> Poller:
        """Stop a compute instance."""
        return self._begin(resources.begin_compute_action(self._connection.workspace, name, "stop"))

    def begin_restart(self, name: str) -> Poller:
        """Restart a compute instance."""
        return self._begin(resources.begin_compute_action(self._connection.workspace, name, "restart"))

    def _begin(self, steps: Steps[Operation], made: str | None = None) -> Poller:
        fetch = (lambda: self.get(made)) if made else (lambda: None)
        return Poller(self._connection.run(steps), self._connection.run, fetch)


class DatastoreOperations(NotServed):
    """The datastores.

    Parameters:
        connection: the connection to the workspace.
    """

    _not_served = not_served.ASSETS

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str, *, include_secrets: bool = False) -> Datastore:
        """A datastore by name.

        Parameters:
            include_secrets: with the key or signature that the workspace signs in with.

        Raises:
            gateway.exceptions.ResourceNotFoundError: there is no such datastore.
        """
        return self._connection.run(resources.datastore(self._connection.workspace, name, secrets=include_secrets))

    def get_default(self, *, include_secrets: bool = False) -> Datastore:
        """The datastore that local inputs are uploaded to where no other is named."""
        return self._connection.run(resources.default_datastore(self._connection.workspace, secrets=include_secrets))

    def list(self, *, include_secrets: bool = False) -> Iterator[Datastore]:
        """All of them.

        Parameters:
            include_secrets: each with the key or signature that the workspace signs in with; a request for each.
        """
        workspace = self._connection.workspace
        for document in self._connection.each(DATASTORES.first_page(workspace)):
            yield self._connection.run(resources.datastore_of(workspace, document, secrets=include_secrets))

    def create_or_update(self, datastore: Datastore) -> Datastore:
        """Make a storage known to the workspace, or change how it is."""
        steps = DATASTORES.register(self._connection.workspace, datastore, lambda news: None)
        return self._connection.run(steps)

    def delete(self, name: str) -> None:
        """Forget a datastore; what is in the storage stays."""
        self._connection.run(resources.delete_datastore(self._connection.workspace, name))
