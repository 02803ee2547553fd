"""The lifecycle of jobs: each change of status with its time, its cause and the attempt it belongs to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from contracts.lifecycle import ENDED, IllegalTransition, JobStatus, can_move
from emulator.clock import optional_seconds, to_micros, to_seconds


@dataclass(frozen=True, slots=True)
class Event:
    """One change of status.

    Parameters:
        status: what the job became.
        at: when, in seconds since the epoch.
        cause: why, in a few words; empty for an ordinary move.
        attempt: 1, or more when the trial was started again.
    """

    status: JobStatus
    at: float
    cause: str
    attempt: int


_BEFORE = (
    "SELECT name, status, ifnull((SELECT at FROM events WHERE job = jobs.id ORDER BY id DESC LIMIT 1), 0) "
    "FROM jobs WHERE id = ?"
)
#: What is not named is not written, nor are its indices: `jobs_by_start` has when a job started.
_MOVE = (
    "UPDATE jobs SET status = ?, modified = ?, ended = ?, revision = revision + 1, document = NULL{also} WHERE id = ?"
)


def move(
    conn: sqlite3.Connection, job: int, to: JobStatus, at: float, cause: str = "", attempt: int | None = None
) -> None:
    """Give a job another status. Nothing else changes the status of a job.

    Parameters:
        job: its row id.
        to: the status it shall have.
        at: when, in seconds since the epoch; not before the job's last event, whatever a clock that was set back says.
        cause: why, in a few words.
        attempt: which try of the trial; that of the job's last event when not given.

    Raises:
        IllegalTransition: `contracts.lifecycle` knows no such move.
        LookupError: there is no such job.
    """
    row = conn.execute(_BEFORE, (job,)).fetchone()
    if row is None:
        raise LookupError(f"no job has the row id {job}")
    before = JobStatus(row[1])
    if not can_move(before, to):
        raise IllegalTransition(row[0], before, to)
    # A clock that was set back must not make a job end before it began: clients compute durations.
    when = max(to_micros(at), row[2])
    conn.execute(
        "INSERT INTO events (job, status, at, cause, attempt) VALUES (?, ?, ?, ?, "
        "coalesce(?, (SELECT attempt FROM events WHERE job = ? ORDER BY id DESC LIMIT 1)))",
        (job, to, when, cause, attempt, job),
    )
    ended = when if to in ENDED else None
    if to is JobStatus.RUNNING:
        conn.execute(_MOVE.format(also=", started = coalesce(started, ?)"), (to, when, ended, when, job))
    else:
        conn.execute(_MOVE.format(also=""), (to, when, ended, job))


def current(conn: sqlite3.Connection, job: int) -> JobStatus | None:
    """The status that a job has now; None when there is no such job (any more)."""
    row = conn.execute("SELECT status FROM jobs WHERE id = ?", (job,)).fetchone()
    return JobStatus(row[0]) if row else None


def latest(conn: sqlite3.Connection) -> float | None:
    """When the last thing happened to any job (seconds since the epoch)."""
    (at,) = conn.execute("SELECT max(at) FROM events").fetchone()
    return optional_seconds(at)


def begin(conn: sqlite3.Connection, job: int, name: str, statuses: Sequence[JobStatus], at: float) -> None:
    """Store the first events of a new job, which has the last of these statuses already.

    Raises:
        IllegalTransition: `contracts.lifecycle` knows no such way, or it does not begin with NotStarted.
    """
    if statuses[0] is not JobStatus.NOT_STARTED:
        raise IllegalTransition(name, JobStatus.UNKNOWN, statuses[0])
    for before, after in pairwise(statuses):
        if not can_move(before, after):
            raise IllegalTransition(name, before, after)
    conn.executemany(
        "INSERT INTO events (job, status, at, cause, attempt) VALUES (?, ?, ?, '', 1)",
        [(job, status, to_micros(at)) for status in statuses],
    )


def attempt(conn: sqlite3.Connection, job: int) -> int:
    """Which attempt a job, which must exist, is at."""
    (found,) = conn.execute("SELECT attempt FROM events WHERE job = ? ORDER BY id DESC LIMIT 1", (job,)).fetchone()
    return int(found)


def history(conn: sqlite3.Connection, job: int) -> list[Event]:
    """All events of a job, in the order in which they happened."""
    rows = conn.execute("SELECT status, at, cause, attempt FROM events WHERE job = ? ORDER BY id", (job,))
    return [Event(JobStatus(status), to_seconds(at), cause, attempt) for status, at, cause, attempt in rows]
