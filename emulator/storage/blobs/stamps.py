"""Times of blobs where they are not those of this machine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.clock import Clock


class ClockStamps:
    """Gives files their times by a clock; two files never get the same, for entity tags are made of them.

    Parameters:
        clock: tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """The time of the next file that is written, in nanoseconds since the epoch."""
        with self._lock:
            self._last = moment = max(self._last + 1, int(self._clock.now() * 1_000_000_000))
        return moment
