"""What a sweep optimises."""

from __future__ import annotations

from gateway.exceptions import ErrorTarget, unfit


class Objective:
    """The metric to optimise, and which way.

    Parameters:
        goal: `minimize` or `maximize`, in any case.
        primary_metric: name of the metric that the trials log.

    Raises:
        ValidationException: a goal that is no text.
    """

    def __init__(self, goal: str | None, primary_metric: str | None = None) -> None:
        if goal is not None and not isinstance(goal, str):
            raise unfit("objective.goal", goal, "'minimize' or 'maximize'", target=ErrorTarget.SWEEP_JOB)
        self.goal: str | None = goal.lower() if goal is not None else None
        self.primary_metric = primary_metric

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, Objective) else NotImplemented

    def __repr__(self) -> str:
        return f"Objective(goal={self.goal!r}, primary_metric={self.primary_metric!r})"
