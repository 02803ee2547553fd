"""The attempts at trials and command jobs: which there were, where each runs, and which one counts.

An attempt that a worker leases has a state and a deadline, which outlive the process of the emulator. At most one
attempt of a run counts: the last one, until it has ended, was lost or revoked.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from typing import NamedTuple

from contracts.lifecycle import ENDED, JobStatus
from emulator.clock import optional_seconds, to_micros
from emulator.storage.jobs import JobId


class AttemptState(StrEnum):
    """What became of an attempt."""

    STARTED = "started"  #: handed to its executor
    OFFERED = "offered"  #: a worker may lease it
    LEASED = "leased"  #: by a worker
    ENDED = "ended"  #: as its worker reported
    LOST = "lost"  #: its worker fell silent, or went away
    REVOKED = "revoked"  #: it was stopped


#: Nothing that such an attempt writes counts.
CLOSED = frozenset({AttemptState.ENDED, AttemptState.LOST, AttemptState.REVOKED})


class AttemptRow(NamedTuple):
    """An attempt that was started of a job.

    Parameters:
        job: row id of the job.
        number: of the attempt.
        reach: the addresses of the emulator that it was given.
        record: what its executor keeps of it; only the executor knows what it means.
        worker: who runs it; empty where that is not known (yet).
        host: the name of the machine that it runs on.
        state: see `AttemptState`.
        deadline: when its lease expires, in seconds since the epoch; None where it has none.
    """

    job: JobId
    number: int
    reach: str
    record: str
    worker: str = ""
    host: str = ""
    state: AttemptState = AttemptState.STARTED
    deadline: float | None = None

    @property
    def id(self) -> str:
        """As `emulator.executors.base.Attempt` has it."""
        return attempt_id(self.job, self.number)


_COLUMNS = "job, number, reach, record, worker, host, state, deadline"


def attempt_id(job: JobId, number: int) -> str:
    """What distinguishes an attempt from all others of the same state directory."""
    return f"{job}/{number}"


def parts_of(attempt: str) -> tuple[JobId, int] | None:
    """Row id of the job and number of an attempt, by its id; None for a text that is not such an id."""
    job, _, number = attempt.partition("/")
    # No more digits than two integers of SQLite have: it fails on longer ones.
    known = job.isascii() and job.isdigit() and number.isascii() and number.isdigit() and len(attempt) < 40
    return (JobId(int(job)), int(number)) if known else None


def keep(conn: sqlite3.Connection, attempt: AttemptRow) -> None:
    """Keep an attempt, or what its executor says of it now; a worker, host and state that are known stay."""
    conn.execute(
        "INSERT INTO attempts (job, number, reach, record, worker, host, state) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (job, number) DO UPDATE SET reach = excluded.reach, record = excluded.record, "
        "worker = iif(excluded.worker = '', worker, excluded.worker), "
        "host = iif(excluded.host = '', host, excluded.host)",
        attempt[:7],
    )


def find(conn: sqlite3.Connection, job: JobId, number: int | None = None) -> AttemptRow | None:
    """An attempt of a job, the last one that was started by default; None when there is no such one."""
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM attempts WHERE job = ? AND number = ifnull(?, number) ORDER BY number DESC LIMIT 1",
        (job, number),
    ).fetchone()
    return _row(row) if row else None


def history(conn: sqlite3.Connection, job: JobId) -> list[AttemptRow]:
    """The attempts of a job that an executor was given, in their order."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM attempts WHERE job = ? ORDER BY number", (job,))
    return [_row(row) for row in rows]


def leased(conn: sqlite3.Connection) -> list[AttemptRow]:
    """The attempts that workers have."""
    rows = conn.execute(
        "SELECT job, number, reach, record, worker, host, state, deadline FROM attempts WHERE state = ?",
        (AttemptState.LEASED,),
    )
    return [_row(row) for row in rows]


def lost(conn: sqlite3.Connection, job: JobId) -> int:
    """How many attempts of a job were lost."""
    (count,) = conn.execute(
        "SELECT count(*) FROM attempts WHERE job = ? AND state = ?", (job, AttemptState.LOST)
    ).fetchone()
    return int(count)


def move(
    conn: sqlite3.Connection, job: JobId, number: int, state: AttemptState, *, worker: str = "", host: str = ""
) -> None:
    """Give an attempt that is kept another state; a worker and host that are known stay when none is given."""
    conn.execute(
        "UPDATE attempts SET state = ?, worker = iif(? = '', worker, ?), host = iif(? = '', host, ?) "
        "WHERE job = ? AND number = ?",
        (state, worker, worker, host, host, job, number),
    )


def extend(conn: sqlite3.Connection, job: JobId, number: int, deadline: float) -> None:
    """Have a lease expire at another time, in seconds since the epoch."""
    conn.execute("UPDATE attempts SET deadline = ? WHERE job = ? AND number = ?", (to_micros(deadline), job, number))


def why_closed(conn: sqlite3.Connection, job: JobId, number: int) -> str | None:
    """Why nothing that an attempt writes counts any more, for people; None while it counts.

    Parameters:
        job: its job.
        number: of the attempt.
    """
    row = conn.execute(
        "SELECT j.status, (SELECT attempt FROM events WHERE job = j.id ORDER BY id DESC LIMIT 1), "
        "(SELECT state FROM attempts WHERE job = j.id AND number = ?) FROM jobs j WHERE j.id = ?",
        (number, job),
    ).fetchone()
    if row is None:
        return "its run is gone"
    status, current, state = row
    if number != current:
        return f"attempt {current} has taken its place"
    if state in CLOSED:
        return f"it is {state}"
    return f"its run is {status}" if JobStatus(status) in ENDED else None


def _row(row: tuple[int, int, str, str, str, str, str, int | None]) -> AttemptRow:
    job, number, reach, record, worker, host, state, deadline = row
    return AttemptRow(JobId(job), number, reach, record, worker, host, AttemptState(state), optional_seconds(deadline))
