"""Goes on with the jobs that an emulator left unfinished, whether it was stopped or killed.

Trials that had ended stay as they are. A trial whose command was running is run again from its beginning, as the next
attempt; one that was only collecting its outputs is finished; one that was being canceled is canceled. The sweep's
state machine is rebuilt from what was stored, so that the remaining suggestions are those of an unbroken run.
"""

from __future__ import annotations

import sqlite3

from contracts.lifecycle import ENDED, JobStatus
from emulator.engine.settings import StateDurations
from emulator.engine.trial import RecordedTrial, TrialOutcome
from emulator.executors.base import Executor
from emulator.job_types import parts_of
from emulator.runner.child_job import best_properties
from emulator.runner.run_context import Attempts, RunContext
from emulator.runner.sweep_run import SweepRun
from emulator.runner.transitions import advance, requeue
from emulator.runner.trial_run import TrialRun
from emulator.storage import Database, attempts, events, jobs, labels, metrics
from emulator.storage.jobs import Job

_CAUSE = "the emulator was restarted"


def reap(store: Database, executor: Executor) -> None:
    """End what an emulator that was killed left running.

    Parameters:
        store: of the emulator.
        executor: runs its attempts.
    """
    executor.reap(attempts.of_unfinished(store.reader()))


def settle(store: Database, work: Attempts, now: float) -> None:
    """Give interrupted trials and command jobs a status to go on from; their processes have ended before.

    Parameters:
        store: of the emulator.
        work: collects the outputs of trials.
        now: seconds since the epoch.
    """
    conn = store.reader()
    unfinished = [jobs.get(conn, key) for key in jobs.unfinished(conn)]
    interrupted = [job for job in unfinished if not parts_of(job.type).has_children and job.runs_here]
    if not interrupted:
        return
    lost = {job.id: _collect(work, job) for job in interrupted if job.status is JobStatus.FINALIZING}

    def write(conn: sqlite3.Connection) -> None:
        for job in interrupted:
            _settle_one(conn, job, lost.get(job.id), now)

    store.write(write).result()


def _collect(work: Attempts, job: Job) -> str | None:
    """Collect the outputs of a trial; what kept them from it, if anything did."""
    try:
        work.collect(job)
    except OSError as error:
        return f"Its outputs could not be collected: {error}"
    return None


def _settle_one(conn: sqlite3.Connection, job: Job, lost: str | None, now: float) -> None:
    match job.status:
        case JobStatus.RUNNING | JobStatus.NOT_RESPONDING:
            requeue(conn, job.id, now, _CAUSE, attempt_of(conn, job) + 1)
        case JobStatus.FINALIZING if lost:
            events.move(conn, job.id, JobStatus.FAILED, now, lost)
            jobs.set_error(conn, job.id, {"code": "SystemError", "message": lost})
        case JobStatus.FINALIZING:
            advance(conn, job.id, JobStatus.COMPLETED, now, _CAUSE, attempt_of(conn, job))
        case JobStatus.CANCEL_REQUESTED:
            events.move(conn, job.id, JobStatus.CANCELED, now, _CAUSE)


def attempt_of(conn: sqlite3.Connection, job: Job) -> int:
    """Which attempt a trial or command job is at."""
    return events.attempt(conn, job.id)


def resume(context: RunContext, conn: sqlite3.Connection, run: SweepRun, now: float) -> None:
    """Let a sweep that was begun go on.

    Parameters:
        context: its dependencies.
        conn: for reading; interrupted trials are settled.
        run: new, for the stored sweep.
        now: seconds since the epoch.
    """
    recorded, again = [], 0
    for child in jobs.children(conn, run.job.id):
        attempt = attempt_of(conn, child)
        trial = TrialRun(
            context, run, child.name, len(run.trials), child.parameters, status=child.status, attempt=attempt
        )
        run.trials.append(trial)
        context.scheduler.note_stored(trial, child.id)
        recorded.append(_recorded(conn, child, run.machine.plan.objective.metric))
        if child.status in ENDED:
            trial.ended = True
        else:
            trial.queue(StateDurations())
            again += attempt > 1
    actions = run.machine.replay(recorded, started=run.job.started or now, now=now)
    _correct_best(conn, run)
    run.say(f"The emulator was restarted; {again} interrupted jobs start again.", now)
    run.apply(actions, now)


def _recorded(conn: sqlite3.Connection, child: Job, metric: str) -> RecordedTrial:
    system = child.error is not None and child.error.get("code") == "SystemError"
    return RecordedTrial(
        index=child.trial or 0,
        parameters=dict(child.parameters or {}),
        outcome=TrialOutcome(child.status, system=system) if child.status in ENDED else None,
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
