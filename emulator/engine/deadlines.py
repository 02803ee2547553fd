"""When things time out."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

K = TypeVar("K", bound=int)


class Deadlines(Generic[K]):
    """Moments at which something is due, each for a key; among equal ones the smallest key comes first."""

    def __init__(self) -> None:
        self._deadline_of: dict[K, float] = {}
        self._queue: list[tuple[float, K]] = []

    @property
    def next(self) -> float | None:
        """The earliest deadline; None when nothing will be due."""
        # A deadline that moved leaves its old entry in the heap, which is dropped when it comes to the front: a search
        # at each change would be linear.
        while self._queue and self._deadline_of.get(self._queue[0][1]) != self._queue[0][0]:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def set(self, key: K, at: float | None) -> None:
        """Something is due then, and no longer at another time; never, for None."""
        if at is None:
            self.forget(key)
        elif self._deadline_of.get(key) != at:
            self._deadline_of[key] = at
            heapq.heappush(self._queue, (at, key))

    def forget(self, key: K) -> None:
        """Nothing is due for it."""
        self._deadline_of.pop(key, None)

    def expired(self, now: float) -> list[K]:
        """Those whose time is up, which are then forgotten."""
        expired: list[K] = []
        while (deadline := self.next) is not None and deadline <= now:
            _, key = heapq.heappop(self._queue)
            self.forget(key)
            expired.append(key)
        return expired


class TrialDeadlines(Deadlines[int]):
    """The timeouts of the trials that run; one is forgotten when its trial no longer runs, or is being stopped anyway.

    Parameters:
        timeout: seconds a trial may run; None for ever.
    """

    def __init__(self, timeout: float | None) -> None:
        super().__init__()
        self._timeout = timeout

    def begin(self, trial: int, now: float) -> None:
        """A trial runs from now on; again, after it was preempted."""
        if self._timeout is not None:
            self.set(trial, now + self._timeout)
