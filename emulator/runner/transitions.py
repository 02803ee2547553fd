"""Changes of status that the runner stores, with what belongs to them."""

from __future__ import annotations

import sqlite3

from contracts.lifecycle import ENDED, IllegalTransition, JobStatus
from emulator.storage import events, jobs, metrics
from emulator.storage.jobs import Job, JobId
from emulator.trials.output_assets import register_outputs

#: Where a job whose cancel was acknowledged does not get, although the lifecycle has such moves.
_NOT_AFTER_CANCEL = (JobStatus.FINALIZING, JobStatus.COMPLETED)


def advance(conn: sqlite3.Connection, job: JobId, to: JobStatus, at: float, cause: str, attempt: int) -> None:
    """Move a job on, and register what it has written when it completes.

    When its user's cancel was stored first, the runner is about to hear of that: the job does not go on, and ends
    Canceled where it would have been Completed.
    """
    if to in _NOT_AFTER_CANCEL and events.current(conn, job) is JobStatus.CANCEL_REQUESTED:
        if to is JobStatus.COMPLETED:
            events.move(conn, job, JobStatus.CANCELED, at, "canceled by its user", attempt)
        return
    try:
        events.move(conn, job, to, at, cause, attempt)
    # A cancel may be stored between two turns of the runner, which then asks for a status that is not reached any more;
    # anything else is a fault.
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
    # The job last: whoever reads that it has ended finds its children ended.
    events.move(conn, job.id, status, at, why)
