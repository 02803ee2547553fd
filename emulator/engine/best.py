"""The best trial of a sweep."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.engine.objective import Goal


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
