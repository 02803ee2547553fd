"""What a job runs on and as: resources, distribution over nodes, queue, identity, services."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel


class JobResourceConfiguration(ArmModel):
    """Nodes and container settings."""

    instance_count: int | None = None
    instance_type: str | None = None
    locations: list[str] | None = None
    max_instance_count: int | None = None
    properties: dict[str, Any] | None = None
    docker_args: str | None = None
    shm_size: str | None = None


class Mpi(ArmModel):
    """MPI ranks on every node."""

    distribution_type: Literal["Mpi"] = "Mpi"
    process_count_per_instance: int | None = None


class PyTorch(ArmModel):
    """torch.distributed ranks on every node."""

    distribution_type: Literal["PyTorch"] = "PyTorch"
    process_count_per_instance: int | None = None


class TensorFlow(ArmModel):
    """Workers and parameter servers."""

    distribution_type: Literal["TensorFlow"] = "TensorFlow"
    parameter_server_count: int | None = None
    worker_count: int | None = None


class Ray(ArmModel):
    """A Ray cluster over the nodes."""

    distribution_type: Literal["Ray"] = "Ray"
    port: int | None = None
    address: str | None = None
    include_dashboard: bool | None = None
    dashboard_port: int | None = None
    head_node_additional_args: str | None = None
    worker_node_additional_args: str | None = None


DistributionConfiguration: TypeAlias = Annotated[
    Mpi | PyTorch | TensorFlow | Ray, Field(discriminator="distribution_type")
]


class QueueSettings(ArmModel):
    """Tier (`Null`, `Spot`, `Basic`, `Standard`, `Premium`) and priority (1 low, 2 medium, 3 high)."""

    job_tier: str | None = None
    priority: int | None = None


class AmlToken(ArmModel):
    """The workspace's own token."""

    identity_type: Literal["AMLToken"] = "AMLToken"


class ManagedIdentity(ArmModel):
    """A managed identity, system-assigned when no id is given."""

    identity_type: Literal["Managed"] = "Managed"
    client_id: str | None = None
    object_id: str | None = None
    resource_id: str | None = None


class UserIdentity(ArmModel):
    """The submitting user."""

    identity_type: Literal["UserIdentity"] = "UserIdentity"


IdentityConfiguration: TypeAlias = Annotated[
    AmlToken | ManagedIdentity | UserIdentity, Field(discriminator="identity_type")
]


class JobService(ArmModel):
    """One endpoint of a job."""

    job_service_type: str | None = None
    port: int | None = None
    endpoint: str | None = None
    status: str | None = None
    error_message: str | None = None
    properties: dict[str, Any] | None = None
    nodes: dict[str, Any] | None = None
