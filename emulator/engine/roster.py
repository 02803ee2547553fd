"""The trials of a sweep: which wait for a node, which are active, how those that ended did."""

from __future__ import annotations

from collections import deque

from contracts.lifecycle import JobStatus
from emulator.engine.trial import Trial, TrialOutcome
from emulator.engine.values import Point


class Roster:
    """All trials drawn so far, by index.

    Attributes:
        trials: all of them.
        active: how many have not ended.
    """

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.active = 0
        self._waiting: deque[int] = deque()
        self._any_completed = False

    def __len__(self) -> int:
        return len(self.trials)

    @property
    def waiting(self) -> int:
        """How many wait for a node."""
        return len(self._waiting)

    @property
    def outcomes(self) -> list[TrialOutcome]:
        """How those that ended did."""
        return [trial.outcome for trial in self.trials if trial.outcome]

    def draw(self, parameters: Point) -> Trial:
        """A new trial, waiting."""
        trial = Trial(len(self.trials), parameters)
        self.trials.append(trial)
        self.active += 1
        self._waiting.append(trial.index)
        return trial

    def restore(self, trial: Trial) -> None:
        """Take in a trial from a record; it waits unless it runs, has ended or is being stopped."""
        self.trials.append(trial)
        self.active += not trial.ended
        self._any_completed = self._any_completed or trial.completed
        if trial.stoppable and not trial.placed:
            self._waiting.append(trial.index)

    def place(self) -> Trial:
        """The trial that has waited longest gets a node."""
        trial = self.trials[self._waiting.popleft()]
        trial.placed = True
        return trial

    def displace(self, trial: Trial) -> None:
        """A trial lost its node; it is the first to get another, unless it is being stopped."""
        trial.placed, trial.running_since = False, None
        if trial.stoppable:
            self._waiting.appendleft(trial.index)

    def withdraw(self, trial: Trial) -> None:
        """A trial no longer waits."""
        if not trial.placed and trial.index in self._waiting:
            self._waiting.remove(trial.index)

    def end(self, trial: Trial, outcome: TrialOutcome) -> None:
        """A trial ended."""
        self.withdraw(trial)
        trial.outcome = outcome
        self.active -= 1
        self._any_completed = self._any_completed or trial.completed

    def initial_failures(self, count: int) -> list[TrialOutcome]:
        """How the first `count` trials failed, if all of them did and none completed ever since; else nothing."""
        first = [trial.outcome for trial in self.trials[:count] if trial.outcome]
        all_failed = len(first) == count and all(outcome.status is JobStatus.FAILED for outcome in first)
        return first if all_failed and not self._any_completed else []
