"""The objective of a sweep: which metric, which way is better, and the trial that is best by it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Goal(StrEnum):
    """Direction of the primary metric; read from the wire in any case (`Maximize`, `minimize`)."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    @classmethod
    def _missing_(cls, value: object) -> Goal | None:
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None

    @property
    def sign(self) -> int:
        """+1 when larger is better, -1 when smaller is: `sign * value` is always to be maximised."""
        return 1 if self is Goal.MAXIMIZE else -1

    def better(self, one: float, other: float) -> bool:
        """Whether `one` is strictly better than `other`."""
        return one > other if self is Goal.MAXIMIZE else one < other

    def best(self, one: float, other: float) -> float:
        """The better of two values."""
        return max(one, other) if self is Goal.MAXIMIZE else min(one, other)


@dataclass(frozen=True, slots=True)
class Objective:
    """What the sweep optimises: a metric by name, and its goal."""

    metric: str
    goal: Goal


@dataclass(slots=True)
class BestTrial:
    """The trial with the best value it ever logged (documented: trials rank by their best value, not their last).

    Of equal trials the one with the lower index is best, whichever was first, so that the answer does not depend on
    timing.
    """

    goal: Goal
    found: tuple[int, float] | None = None

    def offer(self, index: int, value: float) -> bool:
        """Consider a value of a trial; whether it makes that trial, or that value, the new best."""
        if self.found is not None:
            index_now, value_now = self.found
            if not self.goal.better(value, value_now) and not (value == value_now and index < index_now):
                return False
        self.found = (index, value)
        return True
