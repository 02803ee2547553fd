"""Changes of status that the runner stores, with what belongs to them."""

from __future__ import annotations

import sqlite3

from contracts.lifecycle import ENDED, IllegalTransition, JobStatus
from emulator.storage import events, jobs, metrics
from emulator.storage.jobs import Job, JobId
from emulator.trials.output_assets import register_outputs


def advance(conn: sqlite3.Connection, job: JobId, to: JobStatus, at: float, cause: str, attempt: int) -> None:
    """Move a job on, and register what it has written when it completes.

    Nothing happens when its user's cancel was stored first: then the runner is about to hear of that.
    """
    try:
        events.move(conn, job, to, at, cause, attempt)
    except IllegalTransition as refused:
        if refused.before is not JobStatus.CANCEL_REQUESTED:
            raise
    else:
        if to is JobStatus.COMPLETED:
            register_outputs(conn, job, at)


def requeue(conn: sqlite3.Connection, job: JobId, at: float, cause: str, attempt: int) -> None:
    """Have an interrupted trial wait for a node again; what the broken attempt logged is dropped.

    Parameters:
        attempt: the number of the next one.
    """
    events.move(conn, job, JobStatus.QUEUED, at, cause, attempt)
    metrics.clear(conn, job)


def refuse(conn: sqlite3.Connection, job: Job, why: str, at: float) -> None:
    """Let a job fail that cannot run here, and what was queued of it be canceled.

    Parameters:
        conn: for writing.
        job: as stored.
        why: the message of its error.
        at: seconds since the epoch.
    """
    end_unstarted(conn, job, JobStatus.FAILED, why.partition("\n")[0], at)
    jobs.set_error(conn, job.id, {"code": "UserError", "message": why})


def end_unstarted(conn: sqlite3.Connection, job: Job, status: JobStatus, why: str, at: float) -> None:
    """End a job that does not run, and what was queued of it.

    Parameters:
        conn: for writing.
        job: as stored.
        status: its last one.
        why: the cause, for people.
        at: seconds since the epoch.
    """
    for child in jobs.children(conn, job.id):
        if child.status not in ENDED:
            events.move(conn, child.id, JobStatus.CANCELED, at, "the sweep cannot go on")
    events.move(conn, job.id, status, at, why)
