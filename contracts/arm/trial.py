"""The trial of a sweep: what every child job runs."""

from __future__ import annotations

from contracts.arm.base import ArmModel
from contracts.arm.distribution import DistributionConfiguration
from contracts.arm.resources import JobResourceConfiguration


class TrialComponent(ArmModel):
    """Command, code and environment of a trial."""

    command: str
    environment_id: str
    code_id: str | None = None
    environment_variables: dict[str, str | None] | None = None
    distribution: DistributionConfiguration | None = None
    resources: JobResourceConfiguration | None = None
