"""Compute resources of a job or trial."""

from __future__ import annotations

from typing import Any

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
