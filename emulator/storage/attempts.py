"""The attempts at trials and command jobs that an executor runs, kept so that a restarted emulator finds them again."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from emulator.storage.jobs import JobId


class AttemptRow(NamedTuple):
    """The last attempt that was started of a job.

    Parameters:
        job: row id of the job.
        number: of the attempt.
        reach: the addresses of the emulator that it was given.
        record: what its executor keeps of it; only the executor knows what it means.
    """

    job: JobId
    number: int
    reach: str
    record: str

    @property
    def id(self) -> str:
        """As `emulator.executors.base.Attempt` has it."""
        return attempt_id(self.job, self.number)


def attempt_id(job: JobId, number: int) -> str:
    """What distinguishes an attempt from all others of the same state directory."""
    return f"{job}/{number}"


def keep(conn: sqlite3.Connection, attempt: AttemptRow) -> None:
    """Keep an attempt, in place of an earlier one of the same job."""
    conn.execute("INSERT OR REPLACE INTO attempts (job, number, reach, record) VALUES (?, ?, ?, ?)", attempt)


def find(conn: sqlite3.Connection, job: JobId) -> AttemptRow | None:
    """The last attempt of a job that was started, if one was."""
    row = conn.execute("SELECT job, number, reach, record FROM attempts WHERE job = ?", (job,)).fetchone()
    return AttemptRow(JobId(row[0]), *row[1:]) if row else None
