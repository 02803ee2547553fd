"""The one clock of the emulator: real for a server, virtual for simulations and tests."""

from __future__ import annotations

import time
from typing import Protocol

#: Where the virtual clock of a seeded emulator begins: 2026-01-01, midnight UTC.
SEEDED_START = 1_767_225_600.0


class Clock(Protocol):
    """Tells the time; injected everywhere, so that a sweep can run in simulated time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...


class RealClock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()


class VirtualClock:
    """A time that moves only when it is told to.

    Parameters:
        start: first reading, seconds since the epoch.

    >>> clock = VirtualClock(100.0)
    >>> clock.advance(2.5)
    >>> clock.now()
    102.5
    """

    def __init__(self, start: float = 0.0) -> None:
        self.start = start
        self._now = start

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self.advance_to(self._now + seconds)

    def advance_to(self, moment: float) -> None:
        """Move on to a moment (seconds since the epoch).

        Raises:
            ValueError: the moment has passed already; time never runs backwards.
        """
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now}, {moment} is in its past")
        self._now = moment

    def set(self, moment: float) -> None:
        """Show a moment (seconds since the epoch), also one that has passed: for a state that was replaced."""
        self._now = moment
