"""Whether a running trial gives signs of life."""

from __future__ import annotations

from pathlib import Path


class Heartbeat:
    """Counts what a trial does that can be noticed from outside: it logs a metric, or writes to its log.

    Parameters:
        log: file of its stdout and stderr.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._metrics = 0
        self._seen = self._signs()

    def metric(self) -> None:
        """It logged a metric."""
        self._metrics += 1

    def goes(self) -> bool:
        """Whether there was a sign of life since this was asked the last time."""
        before, self._seen = self._seen, self._signs()
        return self._seen != before

    def _signs(self) -> tuple[int, int]:
        return self._metrics, self._log.stat().st_size if self._log.exists() else 0
