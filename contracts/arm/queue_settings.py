"""Queue settings of a job."""

from __future__ import annotations

from contracts.arm.base import ArmModel


class QueueSettings(ArmModel):
    """Tier (`Null`, `Spot`, `Basic`, `Standard`, `Premium`) and priority (1 low, 2 medium, 3 high)."""

    job_tier: str | None = None
    priority: int | None = None
