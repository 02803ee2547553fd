"""What everything that runs has in common; handed down by the conductor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.clock import Clock
from emulator.engine.settings import EngineSettings
from emulator.executors.base import Executor
from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage.jobs import JobId
from emulator.trials.launcher import Launcher

if TYPE_CHECKING:
    from emulator.runner.job_run import JobRun
    from emulator.runner.trial_run import TrialRun
    from emulator.trials.resolved_job import ResolvedJob


@dataclass(frozen=True, slots=True)
class RunContext:
    """The surroundings of a running job.

    Parameters:
        clock: the only source of time.
        ledger: gathers the writes of a turn.
        launcher: makes the tasks of trials.
        executor: runs them.
        settings: the choices where Azure does not say.
        grace: seconds between SIGTERM and SIGKILL.
        soon: has something done by the conductor's thread; may be called from any thread.
        later: has something done by the conductor's thread after so many seconds; only to be called from there.
        stored: is told the row id that a trial's job got; called by the store's thread.
        changed: is told of a job whenever what it wants, holds or waits for may have changed.
        begins: is told the recipe of each trial that is about to be launched.
    """

    clock: Clock
    unit_of_work: UnitOfWork
    launcher: Launcher
    executor: Executor
    settings: EngineSettings
    grace: float
    soon: Callable[[Callable[[], None]], None]
    later: Callable[[float, Callable[[], None]], None]
    stored: Callable[[TrialRun, JobId], None]
    changed: Callable[[JobRun], None]
    begins: Callable[[ResolvedJob], None] = lambda resolved: None
