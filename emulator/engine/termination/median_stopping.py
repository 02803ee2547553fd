"""Median stopping: stop a trial whose best value is worse than the median of the running averages.

Documented (how-to-tune-hyperparameters; the rule is Google Vizier's, Golovin et al. 2017): at interval N a trial stops
when its best value up to N is worse than the median, over the trials, of the averages of their values 1 to N.
Emulator-defined: worse means strictly worse; trials count once they have reached N, the trial itself included (setting
`median_includes_itself`).
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict

from emulator.engine.objective import Goal
from emulator.engine.termination.base import Decision, IntervalPolicy


class MedianStopping(IntervalPolicy):
    """The median stopping policy.

    Parameters:
        goal: of the primary metric.
        evaluation_interval: intervals between two applications.
        delay_evaluation: first interval at which it may be applied.
        includes_itself: whether a trial's own average is among those of which the median is taken.
    """

    name = "MedianStopping"

    def __init__(
        self,
        goal: Goal,
        *,
        evaluation_interval: int = 0,
        delay_evaluation: int = 0,
        includes_itself: bool = True,
    ) -> None:
        super().__init__(goal, evaluation_interval, delay_evaluation)
        self._includes_itself = includes_itself
        self._averages_at: defaultdict[int, list[float]] = defaultdict(list)

    def _compare(self, trial: int, interval: int, best: float, average: float) -> Decision:
        averages = self._averages_at[interval]
        if not self._includes_itself:
            decision = self._judge(trial, interval, best, averages)
        # Kept sorted: a median at every interval of every trial would else sort thousands of averages each time.
        insort(averages, average)
        if self._includes_itself:
            decision = self._judge(trial, interval, best, averages)
        return decision

    def _judge(self, trial: int, interval: int, best: float, averages: list[float]) -> Decision:
        threshold = _median(averages) if averages else None
        return self._verdict(trial, interval, best, threshold, population=len(averages))


def _median(ordered: list[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
