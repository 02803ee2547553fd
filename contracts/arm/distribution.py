"""How a distributed trial starts its processes (not to be mistaken for the distributions of a search space)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel


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
