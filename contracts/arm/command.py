"""The command job."""

from __future__ import annotations

from typing import Any, Literal

from contracts.arm.distribution import DistributionConfiguration
from contracts.arm.job_base import JobBase
from contracts.arm.limits import CommandJobLimits


class CommandJob(JobBase):
    """`properties` of a command job."""

    job_type: Literal["Command"] = "Command"
    command: str
    environment_id: str
    code_id: str | None = None
    environment_variables: dict[str, str | None] | None = None
    distribution: DistributionConfiguration | None = None
    limits: CommandJobLimits | None = None
    parameters: dict[str, Any] | None = None
