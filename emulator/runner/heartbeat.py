"""The heartbeat of a running trial: whether it logs anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class Heartbeat:
    """Looks again and again for what a trial does that can be noticed from outside: a metric, or a line of its log.

    Parameters:
        log: file of its stdout and stderr, if it has one.
        timeout: seconds between two looks.
        later: calls a function after so many seconds.
        on_sign: called when there was a heartbeat since the last look, and for each metric.
        on_silence: called when there was none.
    """

    def __init__(
        self,
        log: Path | None,
        timeout: float,
        later: Callable[[float, Callable[[], None]], None],
        on_sign: Callable[[], None],
        on_silence: Callable[[], None],
    ) -> None:
        self._log = log
        self._timeout = timeout
        self._later = later
        self._on_sign, self._on_silence = on_sign, on_silence
        self._metrics = 0
        self._seen = self._signs()
        self._stopped = False
        self._later(self._timeout, self._look)

    def metric_logged(self) -> None:
        """It logged a metric."""
        self._metrics += 1
        self._on_sign()

    def stop(self) -> None:
        """Look no more: it is ending."""
        self._stopped = True

    def _look(self) -> None:
        if self._stopped:
            return
        before, self._seen = self._seen, self._signs()
        if self._seen == before:
            self._on_silence()
        else:
            self._on_sign()
        self._later(self._timeout, self._look)

    def _signs(self) -> tuple[int, int]:
        return self._metrics, self._log.stat().st_size if self._log and self._log.exists() else 0
