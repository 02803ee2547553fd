"""What the operations ask of a conductor, passed on to the turns of its loop."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.runner.active_jobs import ActiveJobs
from emulator.runner.loop import Loop
from emulator.storage.jobs import JobId


class Inbox:
    """The calls that both conductors take; all return at once and may come from any thread."""

    _loop: Loop
    _jobs: ActiveJobs

    def submit(self, job: JobId) -> None:
        """Take up a job that was just stored."""
        self._loop.soon(lambda: self._jobs.start_job(job))

    def cancel(self, job: JobId) -> None:
        """Stop a job: a sweep with all its trials, one trial, or a command job."""
        self._loop.soon(lambda: self._jobs.cancel(job))

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        """Note (name, value) points that were stored for a job, in their order."""
        self._loop.soon(lambda: self._jobs.note_metrics(job, points))

    def preempt(self, job: JobId) -> None:
        """Take away the node of a running trial or command job, or all nodes of a sweep, as happens to Spot nodes."""
        self._loop.soon(lambda: self._jobs.preempt(job))
