"""From a stored job to a running one: parsed, planned, begun or gone on with. `emulator.job_types` names these."""

from __future__ import annotations

import sqlite3

from contracts.arm.jobs import CommandJob, SweepJob
from contracts.duration import parse_duration
from contracts.resource_id import short_name
from emulator.engine.plan import plan_of
from emulator.job_types import parts_of
from emulator.runner import recovery
from emulator.runner.command_run import CommandRun
from emulator.runner.job_run import JobRun
from emulator.runner.run_context import RunContext
from emulator.runner.sweep_run import SweepRun
from emulator.runner.trial_run import BUSY
from emulator.storage import attempts, jobs
from emulator.storage.jobs import Job
from emulator.trials.resolved_job import ResolvedJob


def start_job(context: RunContext, conn: sqlite3.Connection, job: Job, resolved: ResolvedJob, now: float) -> JobRun:
    """Begin a stored job, or let it go on, as its type does.

    Parameters:
        context: its dependencies.
        conn: for reading.
        job: as stored; what an earlier emulator left is settled.
        resolved: how to run it.
        now: seconds since the epoch.

    Raises:
        ValueError: its body cannot be understood.
    """
    run: JobRun = parts_of(job.type).start()(context, conn, job, resolved, now)
    return run


def start_sweep(context: RunContext, conn: sqlite3.Connection, job: Job, resolved: ResolvedJob, now: float) -> SweepRun:
    """Begin a stored sweep, or let it go on; see `start_job`."""
    run = sweep_run(context, job, parts_of(job.type).body(job.body), resolved)
    # One that has no trial yet has nothing to be rebuilt from: it begins anew.
    if job.started is not None and jobs.children(conn, job.id):
        recovery.resume(context, conn, run, now)
    else:
        run.start(now)
    for warning in resolved.warnings:
        run.say(warning, now, "WARNING")
    return run


def sweep_run(context: RunContext, job: Job, body: SweepJob, resolved: ResolvedJob) -> SweepRun:
    """A sweep that is resolved, not yet begun."""
    plan = plan_of(body, name=job.name, default_seed=job.seed or 0, settings=resolved.settings)
    return SweepRun(context, job, plan, resolved, short_name(body.compute_id or ""))


def start_command(
    context: RunContext, conn: sqlite3.Connection, job: Job, resolved: ResolvedJob, now: float
) -> CommandRun:
    """Begin a stored command job, or let it go on; see `start_job`."""
    body: CommandJob = parts_of(job.type).body(job.body)
    timeout = body.limits.timeout if body.limits else None
    seconds = parse_duration(timeout) if timeout else None
    compute = short_name(body.compute_id or "")
    # Nothing has happened yet to one of the first revision: most jobs are started as soon as they are stored.
    number, lost = (recovery.attempt_of(conn, job), attempts.lost(conn, job.id)) if job.revision else (1, 0)
    run = CommandRun(context, job, seconds, resolved, compute, number, lost)
    if job.status in BUSY:
        recovery.resume_command(context, conn, run, now)
    else:
        run.start()
    return run
