"""What an early termination policy is, and how it counts intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from emulator.engine.objective import Goal


@dataclass(frozen=True, slots=True)
class Decision:
    """One application of a policy to one trial.

    Parameters:
        policy: `Bandit`, `MedianStopping` or `TruncationSelection`.
        trial: index of the trial.
        interval: how many values of the primary metric it had logged.
        value: what was compared, the trial's best value up to this interval.
        threshold: what it was compared with; None when there was nothing to compare with.
        population: how many trials the threshold was computed from.
        leader: index of the trial that the threshold comes from; None where it comes from several.
        reference: the value that the threshold was made from: the leader's, or the threshold itself.
        cancel: the verdict.
    """

    policy: str
    trial: int
    interval: int
    value: float
    threshold: float | None
    population: int
    leader: int | None
    reference: float | None
    cancel: bool


class Policy(Protocol):
    """An early termination policy.

    The law: a decision is a function of the values that were observed, trial by trial and in the order in which each
    trial logged them; of other trials a policy uses only what they had logged up to the same interval. It is told every
    value, also of trials that are not to be stopped any more.
    """

    def observe(self, trial: int, value: float) -> Decision | None:
        """A trial logged the primary metric: its next interval. None when the policy is not applied at it."""
        ...

    def ended(self, trial: int) -> None:
        """A trial ended."""
        ...


@dataclass(slots=True)
class _Curve:
    intervals: int = 0
    finite: int = 0
    total: float = 0.0
    best: float | None = None


class IntervalPolicy:
    """A policy that is applied at every `evaluation_interval`-th value, from the `delay_evaluation`-th on.

    Each logged value of the primary metric is one interval (documented); a trial that starts again after it lost its
    node goes on counting, since its run keeps what it has logged (inferred). One that is not a finite number counts as
    an interval but is not a value; a trial without any value is not compared (emulator-defined).

    Parameters:
        goal: of the primary metric.
        evaluation_interval: 0, the default of SDK and REST, is not explained; it is taken as 1 (inferred).
        delay_evaluation: first interval at which the policy may be applied.
    """

    name = ""

    def __init__(self, goal: Goal, evaluation_interval: int = 0, delay_evaluation: int = 0) -> None:
        self.goal = goal
        self._every = max(evaluation_interval, 1)
        self._delay = delay_evaluation
        self._curves: dict[int, _Curve] = {}

    def observe(self, trial: int, value: float) -> Decision | None:
        curve = self._curves.setdefault(trial, _Curve())
        curve.intervals += 1
        if math.isfinite(value):
            curve.finite += 1
            curve.total += value
            curve.best = value if curve.best is None else self.goal.best(value, curve.best)
        if curve.best is None or curve.intervals % self._every or curve.intervals < self._delay:
            return None
        return self._compare(trial, curve.intervals, curve.best, curve.total / curve.finite)

    def ended(self, trial: int) -> None:
        """Nothing changes: what ended trials have logged still counts."""

    def _compare(self, trial: int, interval: int, best: float, average: float) -> Decision:
        """Compare a trial at an interval with the others, and remember it for them.

        Parameters:
            trial: index of the trial.
            interval: number of values it has logged.
            best: the best of them.
            average: their mean.
        """
        raise NotImplementedError

    def _verdict(
        self,
        trial: int,
        interval: int,
        value: float,
        threshold: float | None,
        *,
        population: int,
        leader: int | None = None,
        reference: float | None = None,
    ) -> Decision:
        cancel = threshold is not None and self.goal.better(threshold, value)
        reference = threshold if reference is None else reference
        return Decision(self.name, trial, interval, value, threshold, population, leader, reference, cancel)


class NoTermination:
    """No early termination: every trial runs to its end. The service stores it as the policy `Default` (recorded)."""

    def observe(self, trial: int, value: float) -> Decision | None:
        return None

    def ended(self, trial: int) -> None:
        """Nothing to remember."""
