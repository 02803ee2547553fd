"""The one clock of the emulator, real or virtual, and how its times are stored and written.

Times are float seconds since the epoch (UTC) in code, integer microseconds in the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

#: Where the virtual clock of a seeded emulator begins: 2026-01-01, midnight UTC.
SEEDED_START = 1_767_225_600.0


class Clock(Protocol):
    """Tells the time; injected everywhere, so that a sweep can run in simulated time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...


class RealClock:
    """The time of this machine, which may be set; for what clients compare with their own time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()


class SteadyClock:
    """The time of this machine when the clock was made, and on from there by the seconds that pass.

    Setting the machine's time, by hand or by a time server, moves nothing: what lasts so long lasts so long, and what
    comes later has a later time. The seconds go on while the machine sleeps, where the system counts them (Linux).

    Parameters:
        calendar: the time of this machine, seconds since the epoch.
        passed: seconds that have passed since some moment.
    """

    def __init__(self, calendar: Callable[[], float] = time.time, passed: Callable[[], float] | None = None) -> None:
        self._passed = passed or _passed
        self._offset = calendar() - self._passed()

    def now(self) -> float:
        """Seconds since the epoch, UTC, if nobody had set the machine's time since the clock was made."""
        return self._offset + self._passed()


def _passed() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


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


_EPOCH = datetime.fromtimestamp(0, UTC)


def to_micros(seconds: float) -> int:
    """What the store keeps for a time of the clock."""
    return round(seconds * 1_000_000)


def to_seconds(micros: int) -> float:
    """The time of the clock for what the store keeps."""
    return micros / 1_000_000


def optional_seconds(micros: int | None) -> float | None:
    """As `to_seconds`, for a time that may not have come yet."""
    return None if micros is None else micros / 1_000_000


def iso(seconds: float) -> str:
    """As the control plane writes times: seven digits of a second and an offset, `2026-03-03T22:25:21.1606906+00:00`.

    Rounded as the store rounds, so that a time reads the same before and after it was stored.
    """
    moment = _EPOCH + timedelta(microseconds=to_micros(seconds))
    # `strftime` takes four times as long, and every answer of the control plane has such a time.
    return f"{moment.isoformat(timespec='microseconds').removesuffix('+00:00')}0+00:00"
