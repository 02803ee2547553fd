"""When trials time out."""

from __future__ import annotations

import heapq


class TrialDeadlines:
    """The timeouts of the trials that run.

    Parameters:
        timeout: seconds a trial may run; None for ever.
    """

    def __init__(self, timeout: float | None) -> None:
        self._timeout = timeout
        self._deadline_of: dict[int, float] = {}
        self._queue: list[tuple[float, int]] = []

    @property
    def next(self) -> float | None:
        """The earliest deadline; None when nothing will time out."""
        while self._queue and self._deadline_of.get(self._queue[0][1]) != self._queue[0][0]:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def begin(self, trial: int, now: float) -> None:
        """A trial runs from now on; again, after it was preempted."""
        if self._timeout is not None:
            self._deadline_of[trial] = now + self._timeout
            heapq.heappush(self._queue, (now + self._timeout, trial))

    def forget(self, trial: int) -> None:
        """A trial no longer runs, or is being stopped anyway."""
        self._deadline_of.pop(trial, None)

    def expired(self, now: float) -> list[int]:
        """The trials whose time is up, which are then forgotten."""
        expired: list[int] = []
        while (deadline := self.next) is not None and deadline <= now:
            _, trial = heapq.heappop(self._queue)
            self.forget(trial)
            expired.append(trial)
        return expired
