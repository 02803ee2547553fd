"""Bandit: stop a trial that falls behind the best one by more than the slack.

Documented (how-to-tune-hyperparameters): at an interval, a trial's best value so far is compared with the best value
that the best trial had at the same interval; maximising with slack_factor 0.2 and a best of 0.8, a trial below
0.8 / (1 + 0.2) = 0.66 is canceled. Emulator-defined: minimising (above best * (1 + factor)), negative values (setting
`bandit_slack`), both slacks at once (setting `bandit_both_slacks`). The first trial to reach an interval has no
other to be compared with.
"""

from __future__ import annotations

from emulator.engine.objective import Goal
from emulator.engine.termination.base import Decision, IntervalPolicy


class Bandit(IntervalPolicy):
    """The bandit policy.

    Parameters:
        goal: of the primary metric.
        slack_factor: allowed distance from the best as a ratio; 0 and None mean none.
        slack_amount: allowed distance from the best as an amount; 0 and None mean none.
        evaluation_interval: intervals between two applications.
        delay_evaluation: first interval at which it may be applied.
        literal: take the documented formula as it stands for negative values too.

    With neither slack it never cancels.
    """

    name = "Bandit"

    def __init__(
        self,
        goal: Goal,
        *,
        slack_factor: float | None = None,
        slack_amount: float | None = None,
        evaluation_interval: int = 0,
        delay_evaluation: int = 0,
        literal: bool = False,
    ) -> None:
        super().__init__(goal, evaluation_interval, delay_evaluation)
        self._factor = slack_factor or 0.0
        self._amount = slack_amount or 0.0
        self._literal = literal
        self._best_at: dict[int, tuple[float, int, int]] = {}

    def threshold(self, best: float) -> float | None:
        """The worst value that stays when the best trial has `best`; None without a slack."""
        if self._factor:
            factor = 1 + self._factor
            if self._literal:
                return best / factor if self.goal is Goal.MAXIMIZE else best * factor
            # Dividing a negative best moves the threshold to the wrong side of it: of the two the looser one is a
            # slack.
            return min(best / factor, best * factor, key=lambda value: self.goal.sign * value)
        return best - self.goal.sign * self._amount if self._amount else None

    def _compare(self, trial: int, interval: int, best: float, average: float) -> Decision:
        known = self._best_at.get(interval)
        if known is None:
            self._best_at[interval] = (best, trial, 1)
            return self._verdict(trial, interval, best, None, population=0)
        leader_best, leader, population = known
        # The decision below uses the best before this trial: one that takes the lead is compared with whom it passed.
        lead = (best, trial) if self.goal.better(best, leader_best) else (leader_best, leader)
        self._best_at[interval] = (*lead, population + 1)
        return self._verdict(
            trial,
            interval,
            best,
            self.threshold(leader_best),
            population=population,
            leader=leader,
            reference=leader_best,
        )
