"""What becomes of jobs from the moment they are stored: started, canceled, preempted, told of their metrics."""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from contracts.lifecycle import ENDED, JobStatus
from emulator.runner.interface import CancelRequested, JobEvent, MetricsLogged, Preempted, Submitted
from emulator.runner.job_run import JobRun, Trial
from emulator.runner.loop import Loop
from emulator.runner.reuse import equal_run, remember, reuse, run_after_all, stand_for
from emulator.runner.run_context import RunContext
from emulator.runner.start_job import start_job
from emulator.runner.transitions import end_unstarted, refuse
from emulator.storage import Database, attempts, events, jobs, metrics
from emulator.storage.jobs import Job, JobId
from emulator.trials.resolved_job import ResolvedJob
from emulator.trials.step_identity import reuse_name

_log = logging.getLogger(__name__)

#: Resolves a job, now or later, and hands it to the first function; to the second one, why it cannot be resolved.
#: Either is called by the thread that owns the jobs. The flag asks for its key, by which an equal step is found.
Resolve: TypeAlias = Callable[[Job, Callable[[ResolvedJob], None], Callable[[str], None], bool], None]


class ActiveJobs:
    """The jobs of one loop; called only by the thread that takes the loop's turns.

    Parameters:
        loop: takes the turns of what runs.
        context: what its jobs are given.
        store: holds all jobs.
        resolve: resolves jobs.
    """

    def __init__(self, loop: Loop, context: RunContext, store: Database, resolve: Resolve) -> None:
        self._loop, self._store = loop, store
        self._context = replace(context, children=self)
        self._resolve = resolve
        self._resolving: set[JobId] = set()
        self._reusable: set[JobId] = set()
        self._keys: dict[JobId, str] = {}
        #: Steps that run, by the names of their keys; and those that wait for an equal one (recorded: a step is reused
        #: from the moment when an equal one was submitted, not only when that has completed).
        self._equal: dict[str, JobId] = {}
        self._waiting: defaultdict[JobId, list[JobId]] = defaultdict(list)
        loop.on_end = self._run_ended

    def start_all(self) -> None:
        """Start what an earlier process left unfinished, settled before."""
        conn = self._store.reader()
        for key in jobs.unfinished(conn):
            # Those below are started by the job that they belong to.
            if jobs.get(conn, key).parent is None:
                self._start(key)

    def handle(self, event: JobEvent) -> None:
        """Something happened to a job."""
        match event:
            case Submitted(job, known):
                self._start(job, known)
            case CancelRequested(job):
                self._cancel(job)
            case Preempted(job):
                self._preempt(job)
            case MetricsLogged(job, points):
                if trial := self._loop.trials.get(job):
                    now = self._context.clock.now()
                    for name, value in self._uncounted(trial, job, points):
                        trial.metric_logged(name, value, now)

    def submit(self, job: JobId, *, reusable: bool = False) -> None:
        """See `emulator.runner.run_context.ChildJobs`; in the next turn."""
        if reusable:
            self._reusable.add(job)
        self._loop.soon(lambda: self._start(job))

    def cancel(self, job: JobId) -> None:
        """See `emulator.runner.run_context.ChildJobs`; in the next turn."""
        self._loop.soon(lambda: self._cancel(job))

    def preempt(self, job: JobId) -> None:
        """See `emulator.runner.run_context.ChildJobs`; in the next turn."""
        self._loop.soon(lambda: self._preempt(job))

    def ended(self, job: JobId) -> None:
        """See `emulator.runner.run_context.ChildJobs`; in the next turn."""
        self._loop.soon(lambda: self._tell_parent(job))

    def reader(self) -> sqlite3.Connection:
        """See `emulator.runner.run_context.ChildJobs`."""
        return self._store.reader()

    def _run_ended(self, run: JobRun) -> None:
        if run.job.parent is not None:
            self.ended(run.job.id)

    def _tell_parent(self, key: JobId) -> None:
        child = jobs.get(self._store.reader(), key)
        parent = None if child.parent is None else self._loop.runs.get(child.parent)
        self._reusable.discard(key)
        if own := self._keys.pop(key, None):
            self._equal.pop(reuse_name(child.workspace, own), None)
            if child.status is JobStatus.COMPLETED:
                self._context.unit_of_work.write(lambda conn: remember(conn, child, own))
            for waiting in self._waiting.pop(key, ()):
                self._follow(jobs.get(self._store.reader(), waiting), child)
        if parent is not None and child.status in ENDED:
            parent.child_ended(child, self._context.clock.now())

    def _tell_begun(self, job: Job, *, reused: bool) -> None:
        if parent := self._loop.runs.get(job.parent) if job.parent is not None else None:
            parent.child_begun(job, self._context.clock.now(), reused=reused)

    def _start(self, key: JobId, known: Job | None = None) -> None:
        conn = self._store.reader()
        is_as_known = known is not None and events.current(conn, key) is known.status
        job = known if known is not None and is_as_known else jobs.get(conn, key)
        # A job may be told twice: a PUT during the start is notified, and found among the unfinished ones.
        if key in self._loop.runs or key in self._resolving or job.status in ENDED or not job.runs_here:
            return
        if job.status is JobStatus.CANCEL_REQUESTED:  # before it was started
            self._end_canceled(job)
            return
        self._resolving.add(key)
        self._resolve(
            job,
            lambda resolved: self._begin(job, resolved),
            lambda why: self._give_up(job, why),
            key in self._reusable,
        )

    def _cancel(self, key: JobId) -> None:
        now = self._context.clock.now()
        if run := self._loop.runs.get(key):
            run.cancel(now)
        elif trial := self._loop.trials.get(key):
            trial.owner.cancel_trial(trial, now)
        elif key in self._resolving or any(key in waiting for waiting in self._waiting.values()):
            self._resolving.discard(key)
            for waiting in self._waiting.values():
                if key in waiting:
                    waiting.remove(key)
            self._end_canceled(jobs.get(self._store.reader(), key))

    def _preempt(self, key: JobId) -> None:
        if run := self._loop.runs.get(key):
            run.preempt()
        elif trial := self._loop.trials.get(key):
            trial.preempt()

    def _begin(self, job: Job, resolved: ResolvedJob) -> None:
        # It was canceled while it was being resolved.
        if job.id not in self._resolving:
            return
        if resolved.reuse_key and (original := equal_run(self._store.reader(), job, resolved.reuse_key)):
            self._stand_for(job, original)
            return
        if resolved.reuse_key and (running := self._equal.get(reuse_name(job.workspace, resolved.reuse_key))):
            self._wait_for(job, running)
            return
        try:
            run = start_job(self._context, self._store.reader(), job, resolved, self._context.clock.now())
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends and says why
            if not isinstance(error, ValueError):
                _log.exception("job %s could not be started", job.name)
            self._give_up(job, str(error) or type(error).__name__)
        else:
            self._resolving.discard(job.id)
            if resolved.reuse_key:
                self._keys[job.id] = resolved.reuse_key
                self._equal[reuse_name(job.workspace, resolved.reuse_key)] = job.id
            self._loop.add(run)
            self._tell_begun(job, reused=False)

    def _stand_for(self, job: Job, original: Job) -> None:
        """Have a run that completed stand for a step."""
        self._resolving.discard(job.id)
        self._context.unit_of_work.write(lambda conn: stand_for(conn, job, original))
        self._tell_begun(job, reused=True)
        self._follow(job, original)

    def _wait_for(self, job: Job, running: JobId) -> None:
        """Have a run that has not ended stand for a step."""
        self._resolving.discard(job.id)
        self._waiting[running].append(job.id)
        original = jobs.get(self._store.reader(), running)
        self._context.unit_of_work.write(lambda conn: stand_for(conn, job, original))
        self._tell_begun(job, reused=True)

    def _follow(self, job: Job, original: Job) -> None:
        """The run that stands for a step has ended: so does the step; if it did not complete, the step runs itself."""
        if original.status is JobStatus.COMPLETED:
            now = self._context.clock.now()
            self._context.unit_of_work.write(lambda conn: reuse(conn, job, original, now))
            self._tell_when_stored(job)
        else:
            self._context.unit_of_work.write(lambda conn: run_after_all(conn, job))
            self._loop.soon(lambda: self._start(job.id))

    def _end_canceled(self, job: Job) -> None:
        why, now = "canceled by its user", self._context.clock.now()
        self._discard(job)
        self._context.unit_of_work.write(lambda conn: end_unstarted(conn, job, JobStatus.CANCELED, why, now))
        self._tell_when_stored(job)

    def _discard(self, job: Job) -> None:
        """End attempts of a job that survived an earlier process of the emulator, and are not adopted after all."""
        conn = self._store.reader()
        row = attempts.find(conn, job.id)
        if row and job.status not in ENDED:
            self._context.executor.discard(row.id, row.record)
        for child in jobs.children(conn, job.id):
            self._discard(child)

    def _uncounted(self, trial: Trial, job: JobId, points: Sequence[tuple[str, float]]) -> Iterable[tuple[str, float]]:
        """The points that the owner of a trial does not know; of an adopted one it may, from the store."""
        if trial.counted is None:
            return points
        found = []
        for name in dict.fromkeys(name for name, _ in points):
            for number, point in metrics.history(self._store.reader(), job, name, after=trial.counted.get(name, 0)):
                trial.counted[name] = number
                found.append((name, point.value))
        return found

    def _give_up(self, job: Job, why: str) -> None:
        if job.id in self._resolving:
            self._resolving.discard(job.id)
            now = self._context.clock.now()
            self._discard(job)
            self._context.unit_of_work.write(lambda conn: refuse(conn, job, why, now))
            self._tell_when_stored(job)

    def _tell_when_stored(self, job: Job) -> None:
        if job.parent is not None:
            self._context.unit_of_work.afterwards(lambda: self.ended(job.id))
