"""What a sweep optimises."""

from __future__ import annotations

from contracts.arm.base import ArmModel


class Objective(ArmModel):
    """The primary metric and its direction: the official client sends `maximize`, the service answers `Maximize`."""

    goal: str
    primary_metric: str
