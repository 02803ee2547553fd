"""Keeps the logs of running attempts below their limit, by one thread for all of them."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulator.log_limit import cut


class LogWatch:
    """Looks at the sizes of watched logs again and again; the thread runs while there are some.

    Programs write to their log themselves, so that a log may be larger than its limit by what is written between two
    looks.

    Parameters:
        pause: seconds between two looks.
    """

    def __init__(self, pause: float = 0.25) -> None:
        self._pause = pause
        self._watched: dict[Path, int] = {}
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        self._closing = False

    @contextmanager
    def watching(self, log: Path | None, limit: int | None) -> Iterator[None]:
        """Keep a log below its limit meanwhile, and cut it a last time at the end.

        Parameters:
            log: its file; those beside it that its name begins (of the processes of a distributed trial) are kept too.
            limit: bytes; None for no limit.
        """
        if log is None or limit is None:
            yield
            return
        with self._lock:
            self._watched[log] = limit
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="log-sizes", daemon=True)
                self._thread.start()
            self._changed.notify()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(log, None)
            _cut_all(log, limit)

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._closing = True
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._changed.wait_for(lambda: self._closing or self._watched)
                # Those that ask for a look sooner need not be told: there is none sooner.
                self._changed.wait_for(lambda: self._closing, self._pause)
                if self._closing:
                    return
                watched = list(self._watched.items())
            for log, limit in watched:
                _cut_all(log, limit)


def _cut_all(log: Path, limit: int) -> None:
    # A folder or a device in its place, a full disk: the next look, or the end of the trial, will tell.
    with contextlib.suppress(OSError), os.scandir(log.parent) as entries:
        for one in entries:
            if one.name.startswith(log.stem):
                with contextlib.suppress(OSError):
                    if one.stat(follow_symlinks=False).st_size > limit:
                        cut(Path(one.path), limit)
