"""Limits of sweep and command jobs; durations are ISO-8601 with a precision of seconds."""

from __future__ import annotations

from typing import Literal

from contracts.arm.base import ArmModel


class SweepJobLimits(ArmModel):
    """How many trials, how many at once, how long in all and each."""

    job_limits_type: Literal["Sweep"] = "Sweep"
    max_total_trials: int | None = None
    max_concurrent_trials: int | None = None
    timeout: str | None = None
    trial_timeout: str | None = None


class CommandJobLimits(ArmModel):
    """How long a command job may run."""

    job_limits_type: Literal["Command"] = "Command"
    timeout: str | None = None
