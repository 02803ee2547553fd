"""Services of a job: its Studio page, its tracking server, and interactive ones."""

from __future__ import annotations

from typing import Any

from contracts.arm.base import ArmModel


class JobService(ArmModel):
    """One endpoint of a job."""

    job_service_type: str | None = None
    port: int | None = None
    endpoint: str | None = None
    status: str | None = None
    error_message: str | None = None
    properties: dict[str, Any] | None = None
    nodes: dict[str, Any] | None = None
