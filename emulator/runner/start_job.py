"""From a stored job to one under way: parsed, planned, everything it names found."""

from __future__ import annotations

import sqlite3

from contracts.arm.jobs import CommandJob, SweepJob
from contracts.duration import parse_duration
from contracts.lifecycle import ENDED, JobStatus
from contracts.resource_id import short_name
from emulator.engine.plan import plan_of
from emulator.runner import recovery
from emulator.runner.command_run import CommandRun
from emulator.runner.job_run import JobRun
from emulator.runner.run_context import RunContext
from emulator.runner.sweep_run import SweepRun
from emulator.storage import events, jobs
from emulator.storage.jobs import Job
from emulator.trials.resolved_job import ResolvedJob


def start_job(stage: RunContext, conn: sqlite3.Connection, job: Job, resolved: ResolvedJob, now: float) -> JobRun:
    """Begin a stored job, or let it go on.

    Parameters:
        stage: its surroundings.
        conn: for reading.
        job: as stored; what an earlier emulator left is settled.
        recipe: how to run it.
        now: seconds since the epoch.

    Raises:
        ValueError: its body cannot be understood.
    """
    if job.type == "Command":
        return _command(stage, conn, job, resolved, now)
    body = SweepJob.model_validate(job.body)
    run = sweep_run(stage, job, body, resolved)
    if job.started is not None and jobs.children(conn, job.id):
        recovery.resume(stage, conn, run, now)
    else:
        run.start(now)
    for note in resolved.notes:
        run.say(note, now, "WARNING")
    if job.status is JobStatus.CANCEL_REQUESTED:
        run.cancel(now)
    return run


def sweep_run(stage: RunContext, job: Job, body: SweepJob, resolved: ResolvedJob) -> SweepRun:
    """A sweep whose recipe is known, not yet begun."""
    plan = plan_of(body, name=job.name, default_seed=job.seed or 0, settings=resolved.settings)
    return SweepRun(stage, job, plan, resolved, short_name(body.compute_id or ""))


def refuse(conn: sqlite3.Connection, job: Job, why: str, now: float) -> None:
    """Let a job fail that cannot run here, and what was queued of it be canceled.

    Parameters:
        conn: for writing.
        job: as stored.
        why: the message of its error.
        now: seconds since the epoch.
    """
    end_unbegun(conn, job, JobStatus.FAILED, why.partition("\n")[0], now)
    jobs.set_error(conn, job.id, {"code": "UserError", "message": why})


def end_unbegun(conn: sqlite3.Connection, job: Job, status: JobStatus, why: str, now: float) -> None:
    """End a job that is not under way, and what was queued of it.

    Parameters:
        conn: for writing.
        job: as stored.
        status: its last one.
        why: the cause, for people.
        now: seconds since the epoch.
    """
    for child in jobs.children(conn, job.id):
        if child.status not in ENDED:
            events.move(conn, child.id, JobStatus.CANCELED, now, "the sweep cannot go on")
    events.move(conn, job.id, status, now, why)


def _command(stage: RunContext, conn: sqlite3.Connection, job: Job, resolved: ResolvedJob, now: float) -> CommandRun:
    body = CommandJob.model_validate(job.body)
    timeout = body.limits.timeout if body.limits else None
    seconds = parse_duration(timeout) if timeout else None
    compute = short_name(body.compute_id or "")
    run = CommandRun(stage, job, seconds, resolved, compute, recovery.attempt_of(conn, job))
    run.start()
    if job.status is JobStatus.CANCEL_REQUESTED:
        run.cancel(now)
    return run
