"""The objective of a sweep: which metric, and which way is better."""

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
