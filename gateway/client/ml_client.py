"""MLClient: the client of one workspace, in the cloud or on an emulator."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from contracts.studio import Cloud
from gateway.client.connection import Connection
from gateway.client.job_operations import JobOperations
from gateway.client.workspace_choice import WorkspaceChoice
from gateway.entities.job import Job
from gateway.transport.auth import Credential
from gateway.transport.messages import Transport

if TYPE_CHECKING:
    from gateway.client.asset_operations import AssetOperations, WorkspaceOperations
    from gateway.entities.assets import Data
    from gateway.entities.environment import Environment
    from gateway.operations.assets import ArmResource, AssetKind

T = TypeVar("T")


class MLClient(WorkspaceChoice):
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
    def components(self) -> AssetOperations[ArmResource]:
        """The registered components."""
        from gateway.operations.assets import COMPONENTS

        return self._assets(COMPONENTS)

    @cached_property
    def models(self) -> AssetOperations[ArmResource]:
        """The registered models."""
        from gateway.operations.assets import MODELS

        return self._assets(MODELS)

    @cached_property
    def computes(self) -> AssetOperations[ArmResource]:
        """The computes."""
        from gateway.operations.assets import COMPUTES

        return self._assets(COMPUTES)

    @cached_property
    def datastores(self) -> AssetOperations[ArmResource]:
        """The datastores."""
        from gateway.operations.assets import DATASTORES

        return self._assets(DATASTORES)

    @property
    def compute(self) -> AssetOperations[ArmResource]:
        """The computes, by the official client's name."""
        return self.computes

    @cached_property
    def workspaces(self) -> WorkspaceOperations:
        """The workspaces of the resource group."""
        from gateway.client.asset_operations import WorkspaceOperations

        return WorkspaceOperations(self.connection)

    def _assets(self, kind: AssetKind[T]) -> AssetOperations[T]:
        from gateway.client.asset_operations import AssetOperations

        return AssetOperations(self.connection, kind)

    def create_or_update(self, job: Job, **options: Any) -> Job:
        """Submit a job; the same as `jobs.create_or_update`."""
        return self.jobs.create_or_update(job, **options)

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
