"""What tells that something changed: a job's own count of its changes, and a mark of the whole store."""

from __future__ import annotations

import sqlite3


def touch(conn: sqlite3.Connection, job: int) -> None:
    """Call it with every change of what a job's ARM document shows: the stored document is dropped."""
    conn.execute("UPDATE jobs SET revision = revision + 1, document = NULL WHERE id = ?", (job,))


def mark(conn: sqlite3.Connection) -> tuple[int, int]:
    """Differs, on one connection, whenever any connection has committed since."""
    (version,) = conn.execute("PRAGMA data_version").fetchone()
    return version, conn.total_changes
