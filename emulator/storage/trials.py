"""The trials of a sweep as a table: many rows read at once, without what only a single job's page needs."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from contracts.lifecycle import JobStatus
from emulator.clock import optional_seconds, to_seconds
from emulator.storage.jobs import JobId


class TrialRow(NamedTuple):
    """One trial.

    Parameters:
        number: its index in the sweep.
        name: of its job.
        parameters: the sampled values, as JSON text.
        created, started, ended: seconds since the epoch.
    """

    number: int
    name: str
    status: JobStatus
    parameters: str
    created: float
    started: float | None
    ended: float | None


class Metric(NamedTuple):
    """What one trial logged under one name: so many values, the last of them and the extremes."""

    trial: int
    key: str
    logged: int
    last: float | None
    least: float | None
    greatest: float | None

    def best(self, goal: str) -> float | None:
        """The best value for a goal, `minimize` or `maximize` in any letter case."""
        return self.least if goal.lower() == "minimize" else self.greatest


class Value(NamedTuple):
    """The `n`-th value (from 1) that a trial logged of a metric."""

    trial: int
    n: int
    step: int
    value: float | None


class State(NamedTuple):
    """Differs whenever something of a job or of its trials has changed that a page shows."""

    revision: int
    trials: int
    trial_revisions: int
    values: int


_SELECT = (
    "SELECT trial, name, status, coalesce(parameters, '{}'), created, started, ended FROM jobs "
    "WHERE parent = ? AND trial IS NOT NULL "
)


def rows(conn: sqlite3.Connection, sweep: JobId) -> list[TrialRow]:
    """All trials of a sweep, by index."""
    return [_read(*row) for row in conn.execute(_SELECT + "ORDER BY trial", (sweep,))]


def one(conn: sqlite3.Connection, sweep: JobId, number: int) -> TrialRow:
    """One trial of a sweep, which must exist."""
    return _read(*conn.execute(_SELECT + "AND trial = ?", (sweep, number)).fetchone())


def beside(conn: sqlite3.Connection, parent: JobId, number: int) -> tuple[str | None, str | None]:
    """The names of the trials, or steps, before and after one; None at the ends."""
    sql = "SELECT name FROM jobs WHERE parent = ? AND trial {} ? ORDER BY trial {} LIMIT 1"
    found = [conn.execute(sql.format(*how), (parent, number)).fetchone() for how in (("<", "DESC"), (">", "ASC"))]
    before, after = (row and str(row[0]) for row in found)
    return before, after


def metrics(conn: sqlite3.Connection, sweep: JobId) -> list[Metric]:
    """All metrics of all trials of a sweep, by trial and name."""
    # CROSS JOIN keeps the order of the tables, here and below: from the trials of one sweep to their series.
    found = conn.execute(
        "SELECT j.trial, s.key, s.count, s.last, s.least, s.greatest FROM jobs j CROSS JOIN series s ON s.job = j.id "
        "WHERE j.parent = ? AND j.trial IS NOT NULL ORDER BY j.trial, s.key",
        (sweep,),
    )
    return [Metric(*row) for row in found]


def leaders(conn: sqlite3.Connection, sweep: JobId, key: str, goal: str, limit: int) -> list[Metric]:
    """The trials with the best values of a metric, best first."""
    # The sign turns the order: `DESC` would also turn it among equals.
    order = "s.least" if goal.lower() == "minimize" else "-s.greatest"
    found = conn.execute(
        "SELECT j.trial, s.key, s.count, s.last, s.least, s.greatest FROM jobs j CROSS JOIN series s ON s.job = j.id "
        f"WHERE j.parent = ? AND j.trial IS NOT NULL AND s.key = ? AND s.least IS NOT NULL "
        f"ORDER BY {order}, j.trial LIMIT ?",
        (sweep, key, limit),
    )
    return [Metric(*row) for row in found]


def values(conn: sqlite3.Connection, sweep: JobId, key: str, most: int) -> list[Value]:
    """The values of a metric of all trials, by trial and in the order in which they came.

    Parameters:
        most: about so many of each trial, evenly spaced; its first and its last one are always among them.
    """
    found = conn.execute(
        "SELECT j.trial, p.n, p.step, p.value FROM jobs j CROSS JOIN series s ON s.job = j.id AND s.key = ? "
        "CROSS JOIN points p ON p.series = s.id "
        "WHERE j.parent = ? AND j.trial IS NOT NULL "
        "AND (p.n = 1 OR p.n = s.count OR p.n % max(1, (s.count + ? - 1) / ?) = 0) "
        "ORDER BY j.trial, p.n",
        (key, sweep, most, most),
    )
    return [Value(*row) for row in found]


def counts(conn: sqlite3.Connection, sweep: JobId) -> dict[JobStatus, int]:
    """How many trials have which status."""
    found = conn.execute(
        "SELECT status, count(*) FROM jobs WHERE parent = ? AND trial IS NOT NULL GROUP BY status", (sweep,)
    )
    return {JobStatus(status): count for status, count in found}


def state(conn: sqlite3.Connection, job: JobId) -> State | None:
    """Where a job and its trials stand; None when there is no such job (any more)."""
    own = conn.execute(
        "SELECT revision, (SELECT total(count) FROM series WHERE job = jobs.id) FROM jobs WHERE id = ?", (job,)
    ).fetchone()
    if own is None:
        return None
    number, revisions = conn.execute("SELECT count(*), total(revision) FROM jobs WHERE parent = ?", (job,)).fetchone()
    (logged,) = conn.execute(
        "SELECT total(s.count) FROM jobs j CROSS JOIN series s ON s.job = j.id WHERE j.parent = ?",
        (job,),
    ).fetchone()
    return State(own[0], number, int(revisions), int(own[1] + logged))


def _read(
    number: int, name: str, status: str, parameters: str, created: int, started: int | None, ended: int | None
) -> TrialRow:
    times = to_seconds(created), optional_seconds(started), optional_seconds(ended)
    return TrialRow(number, name, JobStatus(status), parameters, *times)
