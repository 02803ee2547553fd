"""What the operations ask of the one who runs the jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from emulator.storage.jobs import JobId


class JobRunner(Protocol):
    """Runs what is stored. All calls return at once and may come from any thread."""

    def submit(self, job: JobId) -> None:
        """Take up a job that was just stored."""
        ...

    def cancel(self, job: JobId) -> None:
        """Stop a job: a sweep with all its trials, or one trial."""
        ...

    def preempt(self, job: JobId) -> None:
        """Take away the nodes that a job runs on; what ran there starts again on others."""
        ...

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        """Note (name, value) points that were stored for a job, in their order."""
        ...

    def start(self) -> None:
        """Begin to work, unfinished jobs of an earlier process included."""
        ...

    def stop(self) -> None:
        """Stop working: running trials end, and are recorded as interrupted."""
        ...
