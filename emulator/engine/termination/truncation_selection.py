"""Truncation selection: stop the lowest percentage of the trials.

Documented (how-to-tune-hyperparameters): at each evaluation interval the lowest `truncation_percentage` of the trials
are canceled; a trial is compared by its best value with the trials at the same interval, older ones included.
Emulator-defined: of n trials floor(n * percentage / 100) are the lowest, so that a single trial is never cut; equal
values stay together.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict

from emulator.engine.objective import Goal
from emulator.engine.termination.base import Decision, IntervalPolicy


class TruncationSelection(IntervalPolicy):
    """The truncation selection policy.

    Parameters:
        goal: of the primary metric.
        truncation_percentage: 1 to 99, of the trials that have reached the interval.
        evaluation_interval: intervals between two applications.
        delay_evaluation: first interval at which it may be applied.
        excludes_ended: compare only with trials that have not ended.
    """

    name = "TruncationSelection"

    def __init__(
        self,
        goal: Goal,
        *,
        truncation_percentage: int,
        evaluation_interval: int = 0,
        delay_evaluation: int = 0,
        excludes_ended: bool = False,
    ) -> None:
        super().__init__(goal, evaluation_interval, delay_evaluation)
        self._percentage = truncation_percentage
        self._excludes_ended = excludes_ended
        self._scores_at: defaultdict[int, list[float]] = defaultdict(list)
        self._scores_of: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        self._ended: set[int] = set()

    def ended(self, trial: int) -> None:
        if self._excludes_ended:
            self._ended.add(trial)
            for interval, score in self._scores_of.pop(trial, ()):
                scores = self._scores_at[interval]
                # Equal scores are alike: which of them is taken out makes no difference.
                del scores[bisect_left(scores, score)]

    def _compare(self, trial: int, interval: int, best: float, average: float) -> Decision:
        score = self.goal.sign * best
        scores = self._scores_at[interval]
        insort(scores, score)
        if self._excludes_ended:
            self._scores_of[trial].append((interval, score))
        # In whole numbers: as floats, 29 percent of 100 are less than 29.
        cut = len(scores) * self._percentage // 100
        threshold = self.goal.sign * scores[cut] if cut else None
        verdict = self._verdict(trial, interval, best, threshold, population=len(scores))
        if trial in self._ended:  # it logged this after its end
            self.ended(trial)
        return verdict
