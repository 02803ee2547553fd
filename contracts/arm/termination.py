"""Early termination policies of a sweep."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel


class _Policy(ArmModel):
    delay_evaluation: int | None = None
    evaluation_interval: int | None = None


class BanditPolicy(_Policy):
    """Cancels a trial that falls behind the best one by more than the slack."""

    policy_type: Literal["Bandit"] = "Bandit"
    slack_amount: float | None = None
    slack_factor: float | None = None


class MedianStoppingPolicy(_Policy):
    """Cancels a trial whose best is worse than the median of the running averages."""

    policy_type: Literal["MedianStopping"] = "MedianStopping"


class TruncationSelectionPolicy(_Policy):
    """Cancels the lowest percentage of the trials at each interval."""

    policy_type: Literal["TruncationSelection"] = "TruncationSelection"
    truncation_percentage: int | None = None


EarlyTerminationPolicy: TypeAlias = Annotated[
    BanditPolicy | MedianStoppingPolicy | TruncationSelectionPolicy, Field(discriminator="policy_type")
]
