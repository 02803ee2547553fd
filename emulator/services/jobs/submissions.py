"""How the job runner hears of new jobs: of one at once, of many that come together."""

from __future__ import annotations

import asyncio

from emulator.runner.interface import JobRunner
from emulator.storage.jobs import Job

_PAUSE = 0.01  # seconds in which further jobs are gathered: less than the start of a process takes


class Submissions:
    """Tells the job runner of jobs that were stored.

    The first one is told at once; those that follow within a few milliseconds are told together, in their order. Each
    time that the job runner wakes costs as much as a job: its thread and that of the event loop wait for one another.

    Parameters:
        job_runner: is told.
        at_once: whether each job is told at once, as where time is virtual.
    """

    def __init__(self, job_runner: JobRunner, *, at_once: bool = False) -> None:
        self._job_runner, self._at_once = job_runner, at_once
        self._gathered: list[Job] = []
        self._pauses: asyncio.AbstractEventLoop | None = None

    def submit(self, job: Job) -> None:
        """A job was stored; called in an event loop."""
        if self._at_once:
            self._job_runner.submit(job.id, job)
            return
        self._gathered.append(job)
        loop = asyncio.get_running_loop()
        if self._pauses is not loop:  # another one may have ended within its pause
            self._pauses = loop
            self._tell()

    def _tell(self) -> None:
        gathered, self._gathered = self._gathered, []
        for job in gathered:
            self._job_runner.submit(job.id, job)
        if gathered and self._pauses is not None:
            self._pauses.call_later(_PAUSE, self._tell)
        else:
            self._pauses = None
