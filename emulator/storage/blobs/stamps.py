"""Times of blobs where they are not those of this machine."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.clock import Clock


class ClockStamps:
    """Sets the times of files by a clock; two files never get the same, for entity tags are made of them.

    Parameters:
        clock: tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self, path: Path) -> None:
        """Set the time of a file that was just written."""
        with self._lock:
            self._last = moment = max(self._last + 1, int(self._clock.now() * 1_000_000_000))
        os.utime(path, ns=(moment, moment))
