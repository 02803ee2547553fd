"""The process that runs a trial's command, kept so that a restarted emulator finds what a dead one left running."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class TrialProcess(NamedTuple):
    """The leader of a trial's process group.

    Parameters:
        pid: its id, which may be another process's by now.
        birth: when the system started it, as `emulator.executors.process_table` tells it.
        mark: the trial's mark, which all its processes carry.
    """

    pid: int
    birth: str
    mark: str


def keep(conn: sqlite3.Connection, job: int, process: TrialProcess) -> None:
    """Keep the process of a job, in place of that of an earlier attempt."""
    conn.execute("INSERT OR REPLACE INTO processes (job, pid, birth, mark) VALUES (?, ?, ?, ?)", (job, *process))


def of_unfinished(conn: sqlite3.Connection) -> list[TrialProcess]:
    """The processes of all jobs that have not ended."""
    rows = conn.execute(
        "SELECT p.pid, p.birth, p.mark FROM processes p JOIN jobs j ON j.id = p.job "
        "WHERE j.status NOT IN ('Completed', 'Failed', 'Canceled')"
    )
    return [TrialProcess(*row) for row in rows]
