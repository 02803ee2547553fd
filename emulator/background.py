"""Work that others must not wait for, such as the turns of the job runner: a few threads do it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Background:
    """Begins what it is given in the order it comes; a thread starts when it is first needed, and serves from then on.

    To start one costs more than most works, and to connect it to the store too.

    Parameters:
        name: of its threads.
        threads: at most so many.
        patience: seconds that `close` waits for each work that has begun.
    """

    def __init__(self, name: str = "background", threads: int = 1, patience: float = 5.0) -> None:
        self._name, self._most, self._patience = name, threads, patience
        self._works: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._undone = 0

    def do(self, work: Callable[[], None]) -> None:
        """Have something done; returns at once."""
        self._works.put(work)
        with self._lock:
            self._undone += 1
            if len(self._threads) < min(self._most, self._undone):
                name = f"{self._name} {len(self._threads)}" if self._most > 1 else self._name
                self._threads.append(threading.Thread(target=self._run, name=name, daemon=True))
                self._threads[-1].start()

    def close(self) -> None:
        """Drop what has not begun, and wait a moment for what has."""
        self._closing.set()
        with self._lock:
            threads = list(self._threads)
        # One for each: a thread takes a single message and ends.
        for _ in threads:
            self._works.put(None)
        for thread in threads:
            thread.join(self._patience)

    def _run(self) -> None:
        while (work := self._works.get()) is not None and not self._closing.is_set():
            try:
                work()
            except Exception:  # noqa: BLE001 - the next work is done all the same
                _log.exception("%s work failed", self._name)
            with self._lock:
                self._undone -= 1
