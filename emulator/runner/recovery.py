"""Goes on with the jobs that an emulator left unfinished, whether it was stopped or killed.

Trials that had ended stay as they are. An attempt that survived is adopted: one that runs goes on, one whose command
has ended meanwhile is not run again. A trial whose attempt is lost is run again from its beginning, as the next
attempt; one that was only collecting its outputs is finished. A job that was being canceled is canceled with all that
belongs to it, whatever that came to. The sweep's state machine is rebuilt from what was stored, so that the remaining
suggestions are those of an unbroken run.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection

from contracts.lifecycle import ENDED, JobStatus
from emulator.engine.settings import StateDurations
from emulator.engine.trial import RecordedTrial, TrialOutcome
from emulator.executors.base import Executor
from emulator.runner.child_job import best_properties
from emulator.runner.command_run import CommandRun
from emulator.runner.run_context import Attempts, RunContext
from emulator.runner.sweep_run import SweepRun
from emulator.runner.transitions import advance, requeue
from emulator.runner.trial_run import BUSY, TrialRun
from emulator.storage import Database, attempts, events, jobs, labels, metrics
from emulator.storage.attempts import attempt_id
from emulator.storage.jobs import Job
from emulator.storage.labels import WAITS_FOR

_CAUSE = "the emulator was restarted"

#: Where a trial may have an attempt that runs, or has ended unseen.
_MAY_RUN = (*BUSY, JobStatus.QUEUED)

_log = logging.getLogger(__name__)


def survivors(store: Database, work: Attempts, executor: Executor) -> frozenset[str]:
    """Ids of the attempts that go on, although the process of the emulator that started them is gone.

    Parameters:
        store: of the emulator.
        work: knows the addresses under which attempts reach the emulator.
        executor: of the attempts.
    """
    conn = store.reader()
    found = []
    for key in jobs.unfinished(conn):
        job = jobs.get(conn, key)
        if _is_attempted(job) and job.status in _MAY_RUN and not _is_canceled(conn, job):
            number = events.attempt(conn, key)
            row = attempts.find(conn, key)
            # An attempt that got a number and no executor yet has no row: the last one is then of the attempt before
            # it.
            row = row if row and row.number == number else None
            if not executor.survives(attempt_id(key, number), row and row.record):
                continue
            if row and row.reach != work.reach:
                _log.warning("job %s is started again: it knows the emulator at %s", job.name, row.reach)
            else:
                found.append(attempt_id(key, number))
    return frozenset(found)


def settle(store: Database, work: Attempts, kept: Collection[str], now: float) -> None:
    """Give interrupted jobs a status to go on from; what is not kept of their attempts has ended before.

    Parameters:
        store: of the emulator.
        work: collects the outputs of trials.
        kept: ids of the attempts that go on.
        now: seconds since the epoch.
    """
    conn = store.reader()
    unfinished = [jobs.get(conn, key) for key in jobs.unfinished(conn)]
    ended = {job.id for job in unfinished if job.status is not JobStatus.FINALIZING and _is_canceled(conn, job)}
    interrupted = [job for job in unfinished if _is_attempted(job) and job.id not in ended]
    canceled = [job for job in reversed(unfinished) if job.runs_here and _is_canceled(conn, job)]
    # Before the write, as it moves files: the store's one writer must not wait for that.
    lost = {job.id: _collect(work, job) for job in interrupted if job.status is JobStatus.FINALIZING}

    def write(conn: sqlite3.Connection) -> None:
        for job in unfinished:  # its next attempt tells it again
            if WAITS_FOR in labels.of(conn, job.id, "property"):
                labels.remove(conn, job.id, "property", [WAITS_FOR])
        for job in interrupted:
            _settle_one(conn, job, attempt_id(job.id, events.attempt(conn, job.id)) in kept, lost.get(job.id), now)
        for job in canceled:  # what belongs to a job comes before it
            if events.current(conn, job.id) not in ENDED:
                events.move(conn, job.id, JobStatus.CANCELED, now, "canceled by its user")

    if interrupted or canceled:
        store.write(write).result()


def _is_attempted(job: Job) -> bool:
    """Whether a job runs a command itself."""
    return job.runs_here and not job.has_children


def _is_canceled(conn: sqlite3.Connection, job: Job) -> bool:
    """Whether a job, or one that it belongs to, is being canceled."""
    if job.status is JobStatus.CANCEL_REQUESTED:
        return True
    return job.parent is not None and _is_canceled(conn, jobs.get(conn, job.parent))


def _collect(work: Attempts, job: Job) -> str | None:
    """Collect the outputs of a trial; what kept them from it, if anything did."""
    try:
        work.collect(job)
    except OSError as error:
        return f"Its outputs could not be collected: {error}"
    return None


def _settle_one(conn: sqlite3.Connection, job: Job, is_kept: bool, lost: str | None, now: float) -> None:
    match job.status:
        # Its processes were started, and the emulator ended before it had stored Running.
        case JobStatus.QUEUED if is_kept:
            events.move(conn, job.id, JobStatus.RUNNING, now)
        case JobStatus.RUNNING | JobStatus.NOT_RESPONDING if not is_kept:
            requeue(conn, job.id, now, _CAUSE, attempt_of(conn, job) + 1)
        case JobStatus.FINALIZING if lost:
            events.move(conn, job.id, JobStatus.FAILED, now, lost)
            jobs.set_error(conn, job.id, {"code": "SystemError", "message": lost})
        case JobStatus.FINALIZING:
            advance(conn, job.id, JobStatus.COMPLETED, now, _CAUSE, attempt_of(conn, job))


def attempt_of(conn: sqlite3.Connection, job: Job) -> int:
    """Which attempt a trial or command job is at."""
    return events.attempt(conn, job.id)


def adopt(conn: sqlite3.Connection, trial: TrialRun, job: Job) -> float:
    """Have a trial go on with its attempt, which survived; since when it runs, in seconds since the epoch.

    Parameters:
        conn: for reading.
        trial: new, for the stored job.
        job: as stored.
    """
    row = attempts.find(conn, job.id)
    counted = {series.key: series.count for series in metrics.of(conn, job.id)}
    trial.adopt(row.record if row and row.number == trial.attempt else None, counted)
    history = events.history(conn, job.id)
    # The first such event: NotResponding and back again is the same run of the command.
    return next(event.at for event in history if event.attempt == trial.attempt and event.status in BUSY)


def resume(context: RunContext, conn: sqlite3.Connection, run: SweepRun, now: float) -> None:
    """Let a sweep that was begun go on.

    Parameters:
        context: its dependencies.
        conn: for reading; interrupted trials are settled.
        run: new, for the stored sweep.
        now: seconds since the epoch.
    """
    recorded, again, adopted = [], 0, 0
    for child in jobs.children(conn, run.job.id):
        attempt = attempt_of(conn, child)
        trial = TrialRun(
            context,
            run,
            child.name,
            len(run.trials),
            child.parameters,
            status=child.status,
            attempt=attempt,
            lost=attempts.lost(conn, child.id) if attempt > 1 else 0,
        )
        run.trials.append(trial)
        context.scheduler.note_stored(trial, child.id)
        since: float | None = None
        if child.status in ENDED:
            trial.ended = True
        elif child.status in BUSY:
            since = adopt(conn, trial, child)
            run.note_adopted(trial)
            adopted += 1
        else:
            # It was in the states before Queued already; they are not gone through again.
            trial.queue(StateDurations())
            again += attempt > 1
        known = _recorded(conn, child, run.machine.plan.objective.metric, since)
        if trial.counted is not None:
            # These are replayed to the machine; a value logged since then is told to it as a new one.
            trial.counted[run.machine.plan.objective.metric] = len(known.values)
        recorded.append(known)
    actions = run.machine.replay(recorded, started=run.job.started or now, now=now)
    run.note_resumed(now)
    _correct_best(conn, run)
    run.say(f"The emulator was restarted; {again} interrupted jobs start again, {adopted} go on.", now)
    run.apply(actions, now)


def resume_command(context: RunContext, conn: sqlite3.Connection, run: CommandRun, now: float) -> None:
    """Let a command job go on whose attempt survived.

    Parameters:
        context: its dependencies.
        conn: for reading.
        run: new, for the stored job.
        now: seconds since the epoch.
    """
    context.scheduler.note_stored(run.trial, run.job.id)
    run.trial_running(run.trial, adopt(conn, run.trial, run.job))


def _recorded(conn: sqlite3.Connection, child: Job, metric: str, since: float | None) -> RecordedTrial:
    system = child.error is not None and child.error.get("code") == "SystemError"
    return RecordedTrial(
        index=child.trial or 0,
        parameters=dict(child.parameters or {}),
        outcome=TrialOutcome(child.status, system=system) if child.status in ENDED else None,
        running_since=since,
        values=[point.value for _, point in metrics.history(conn, child.id, metric)],
        metric_names=[series.key for series in metrics.of(conn, child.id)],
    )


def _correct_best(conn: sqlite3.Connection, run: SweepRun) -> None:
    """The best value may have been logged by an attempt whose values were dropped."""
    if run.machine.best:
        index, value = run.machine.best
        run.label("property", best_properties(run.trials[index].name, value))
    elif "score" in labels.of(conn, run.job.id, "property"):
        run.unlabel("property", best_properties("", 0.0).keys())
