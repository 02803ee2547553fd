"""What becomes of jobs, from the moment they are stored: taken up, canceled, preempted, told of their metrics."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from contracts.lifecycle import ENDED, JobStatus
from emulator.runner.loop import Loop
from emulator.runner.run_context import RunContext
from emulator.runner.start_job import end_unbegun, refuse, start_job
from emulator.storage import Database, jobs
from emulator.storage.jobs import Job, JobId
from emulator.trials.resolved_job import ResolvedJob

_log = logging.getLogger(__name__)

#: Finds the recipe of a job, now or later, and hands it to the first function; to the second one, why there is none.
#: Either is called by whoever owns the jobs.
Prepare: TypeAlias = Callable[[Job, Callable[[ResolvedJob], None], Callable[[str], None]], None]


class ActiveJobs:
    """The jobs of one loop; called only by the one who takes the loop's turns.

    Parameters:
        loop: takes the turns of what is under way.
        stage: the surroundings of its jobs.
        store: holds all jobs.
        prepare: finds recipes.
    """

    def __init__(self, loop: Loop, stage: RunContext, store: Database, prepare: Prepare) -> None:
        self._loop, self._stage, self._store = loop, stage, store
        self._prepare = prepare
        self._preparing: set[JobId] = set()

    def start_all(self) -> None:
        """Take up what an earlier process left unfinished, settled before."""
        conn = self._store.reader()
        for key in jobs.unfinished(conn):
            if jobs.get(conn, key).parent is None:
                self.start_job(key)

    def start_job(self, key: JobId) -> None:
        """Take up a job that was stored."""
        job = jobs.get(self._store.reader(), key)
        if key in self._loop.runs or key in self._preparing or job.status in ENDED or not job.runs_here:
            return
        self._preparing.add(key)
        self._prepare(job, lambda resolved: self._begin(job, resolved), lambda why: self._give_up(job, why))

    def cancel(self, key: JobId) -> None:
        """Stop a job: a sweep with all its trials, one trial, or a command job."""
        now = self._stage.clock.now()
        if run := self._loop.runs.get(key):
            run.cancel(now)
        elif trial := self._loop.trials.get(key):
            trial.owner.cancel_trial(trial, now)
        elif key in self._preparing:
            self._preparing.discard(key)
            job, why = jobs.get(self._store.reader(), key), "canceled by its user"
            self._stage.unit_of_work.write(lambda conn: end_unbegun(conn, job, JobStatus.CANCELED, why, now))

    def preempt(self, key: JobId) -> None:
        """Take away the node of a trial or command job, or all nodes of a sweep."""
        if run := self._loop.runs.get(key):
            run.preempt()
        elif trial := self._loop.trials.get(key):
            trial.preempt()

    def note_metrics(self, key: JobId, points: Sequence[tuple[str, float]]) -> None:
        """Note (name, value) points that were stored for a job, in their order."""
        if trial := self._loop.trials.get(key):
            now = self._stage.clock.now()
            for name, value in points:
                trial.metric_logged(name, value, now)

    def _begin(self, job: Job, resolved: ResolvedJob) -> None:
        if job.id not in self._preparing:
            return
        try:
            run = start_job(self._stage, self._store.reader(), job, resolved, self._stage.clock.now())
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends and says why
            if not isinstance(error, ValueError):
                _log.exception("job %s could not be taken up", job.name)
            self._give_up(job, str(error) or type(error).__name__)
        else:
            self._preparing.discard(job.id)
            self._loop.add(run)

    def _give_up(self, job: Job, why: str) -> None:
        if job.id in self._preparing:
            self._preparing.discard(job.id)
            now = self._stage.clock.now()
            self._stage.unit_of_work.write(lambda conn: refuse(conn, job, why, now))
