"""The attempts at trials and command jobs that an executor runs, kept so that a restarted emulator finds them again."""

from __future__ import annotations

import sqlite3


def keep(conn: sqlite3.Connection, job: int, number: int, record: str) -> None:
    """Keep what the executor says of the attempt of a job, in place of that of an earlier attempt.

    Parameters:
        job: row id of the job.
        number: of the attempt.
        record: as the executor told it; only the executor knows what it means.
    """
    conn.execute("INSERT OR REPLACE INTO attempts (job, number, record) VALUES (?, ?, ?)", (job, number, record))


def of_unfinished(conn: sqlite3.Connection) -> list[str]:
    """The records of the attempts at all jobs that have not ended."""
    rows = conn.execute(
        "SELECT a.record FROM attempts a JOIN jobs j ON j.id = a.job "
        "WHERE j.status NOT IN ('Completed', 'Failed', 'Canceled')"
    )
    return [record for (record,) in rows]
