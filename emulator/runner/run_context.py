"""Dependencies shared by all running jobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from emulator.clock import Clock
from emulator.engine.settings import EngineSettings
from emulator.executors.base import Attempt, Executor
from emulator.runner.job_run import JobRun, Trial
from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage.jobs import Job, JobId
from emulator.trials.resolved_job import ResolvedJob


class Scheduler(Protocol):
    """Has things done by the one thread that owns all running jobs; `emulator.runner.loop.Loop` is one."""

    def soon(self, message: Callable[[], None]) -> None:
        """Have something done in the next turn; may be called from any thread."""
        ...

    def later(self, seconds: float, message: Callable[[], None]) -> None:
        """Have something done after so many seconds."""
        ...

    def note_stored(self, trial: Trial, job: JobId) -> None:
        """The job of a trial has got its row id; called by the store's thread."""
        ...

    def note_changed(self, run: JobRun) -> None:
        """What a job wants, holds or waits for may have changed."""
        ...


class Attempts(Protocol):
    """Makes what the executor is given; `emulator.trials.launcher.Launcher` does for those that run commands."""

    @property
    def reach(self) -> str:
        """The addresses of the emulator that attempts are given; one that was given others cannot be adopted."""
        ...

    def attempt(
        self,
        resolved: ResolvedJob,
        job: JobId,
        name: str,
        index: int,
        parameters: Mapping[str, Any] | None,
        number: int,
    ) -> Attempt:
        """An attempt at one trial, about to be started."""
        ...

    def collect(self, job: Job) -> None:
        """Move the outputs of a trial whose processes have ended to its artifacts.

        Raises:
            OSError: they cannot be moved.
        """
        ...

    def release(self, resolved: ResolvedJob, *, begins: bool = False) -> None:
        """A job has ended: remove what its trials shared."""
        ...


class ChildJobs(Protocol):
    """What a job with steps asks of the one who runs them; `emulator.runner.active_jobs.ActiveJobs` is one."""

    def submit(self, job: JobId, *, reusable: bool = False) -> None:
        """Run a job that was stored.

        Parameters:
            reusable: an equal step that completed may stand for it.
        """
        ...

    def cancel(self, job: JobId) -> None:
        """Stop a job."""
        ...

    def preempt(self, job: JobId) -> None:
        """Take away the nodes of a job."""
        ...

    def ended(self, job: JobId) -> None:
        """A job that was stored will not run: tell its parent."""
        ...

    def reader(self) -> sqlite3.Connection:
        """For reading the store."""
        ...


class NoChildJobs:
    """For a context in which no pipelines run; see `ChildJobs`."""

    def submit(self, job: JobId, *, reusable: bool = False) -> None:
        """No executor would run it."""
        raise NotImplementedError("no pipelines run here")

    cancel = preempt = ended = submit

    def reader(self) -> sqlite3.Connection:
        """There is no store."""
        raise NotImplementedError("no pipelines run here")


@dataclass(frozen=True, slots=True)
class RunContext:
    """What every running job is given.

    Parameters:
        clock: the only source of time.
        unit_of_work: gathers the writes of a turn.
        scheduler: has things done by the thread that owns the jobs.
        attempts: makes what the executor is given.
        executor: runs it.
        settings: the choices where Azure does not say.
        grace: seconds between SIGTERM and SIGKILL.
        origin: of the data plane, for the tags of sweeps.
        children: runs the steps of pipelines; set by the one who does.
    """

    clock: Clock
    unit_of_work: UnitOfWork
    scheduler: Scheduler
    attempts: Attempts
    executor: Executor
    settings: EngineSettings
    grace: float
    origin: str = ""
    children: ChildJobs = field(default_factory=NoChildJobs)
