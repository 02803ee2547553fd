"""Marks a job as changed: the ARM document kept beside it is rendered anew when it is next asked for."""

from __future__ import annotations

import sqlite3


def touch(conn: sqlite3.Connection, job: int) -> None:
    """To be called by whatever changes what the job's ARM document shows."""
    conn.execute("UPDATE jobs SET revision = revision + 1, document = NULL WHERE id = ?", (job,))
