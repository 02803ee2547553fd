"""Work that nobody waits for: one thread does it, one thing after the other."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

#: Seconds that `close` waits for what is under way.
_PATIENCE = 5.0


class Background:
    """Does what it is given in the order it comes; its thread starts with the first piece of work."""

    def __init__(self) -> None:
        self._works: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Have something done; returns at once."""
        self._works.put(work)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="background", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Drop what has not begun, and wait a moment for what has."""
        self._closing.set()
        self._works.put(None)
        with self._lock:
            thread = self._thread
        if thread:
            thread.join(_PATIENCE)

    def _run(self) -> None:
        while (work := self._works.get()) is not None and not self._closing.is_set():
            try:
                work()
            except Exception:  # noqa: BLE001 - the next work is done all the same
                _log.exception("background work failed")
