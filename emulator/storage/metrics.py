"""Metrics: named series of points, with the last and the extreme values of each kept ready."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from emulator.clock import to_micros, to_seconds


class Point(NamedTuple):
    """One logged value.

    Parameters:
        value: may be NaN or infinite.
        at: when the client says it was logged, in seconds since the epoch.
        step: the client's step; MLflow's default is 0.
    """

    value: float
    at: float
    step: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """What is known of one metric of one job without reading its points.

    Parameters:
        key: name of the metric.
        count: number of points: the number of intervals of the primary metric.
        last: the latest point, by step, then time, then value, as MLflow has it.
        least, greatest: extreme values, NaN left out; None when there was nothing else.
    """

    key: str
    count: int
    last: Point
    least: float | None
    greatest: float | None

    def best(self, goal: str) -> float | None:
        """The best value for a goal, `minimize` or `maximize` in any letter case."""
        return self.least if goal.lower() == "minimize" else self.greatest


class _Row(NamedTuple):
    """A point as it is stored: its value is NULL where it is not a number, its time in microseconds."""

    value: float | None
    at: int
    step: int


def _row(point: Point) -> _Row:
    # SQLite has no NaN: it would store NULL of its own accord, and the two would not compare equal.
    return _Row(None if math.isnan(point.value) else point.value, to_micros(point.at), point.step)


def append(conn: sqlite3.Connection, job: int, points: Iterable[tuple[str, Point]]) -> None:
    """Store points in the order in which they came.

    Parameters:
        job: row id of the job whose run logged them.
        points: (name of the metric, point).
    """
    by_key: dict[str, list[Point]] = {}
    for key, point in points:
        by_key.setdefault(key, []).append(point)
    for key, added in by_key.items():
        _append_to(conn, job, key, added)


def unseen(conn: sqlite3.Connection, job: int, points: Iterable[tuple[str, Point]]) -> list[tuple[str, Point]]:
    """The points that a run has not logged before, each once; equal are metric, value, time and step.

    Parameters:
        job: row id of the job.
        points: (name of the metric, point), in the order in which they came.
    """
    by_key: dict[str, dict[_Row, Point]] = {}
    order: list[tuple[str, _Row]] = []
    for key, point in points:
        row = _row(point)
        if row not in (known := by_key.setdefault(key, {})):
            known[row] = point
            order.append((key, row))
    stored = {key: _stored(conn, job, key, rows) for key, rows in by_key.items()}
    return [(key, by_key[key][row]) for key, row in order if row not in stored[key]]


def _stored(conn: sqlite3.Connection, job: int, key: str, rows: Iterable[_Row]) -> set[_Row]:
    """Those of some points that are stored; what is later than all that is stored needs no search."""
    found = conn.execute("SELECT id, last_step, last_at FROM series WHERE job = ? AND key = ?", (job, key)).fetchone()
    if found is None:
        return set()
    series, *latest = found
    earlier = [row for row in rows if [row.step, row.at] <= latest]
    # One look for each: clients that log at once, or with one time for all, are out of order as a rule, and a scan of
    # the series for each request would make their cost quadratic.
    query = "SELECT 1 FROM points WHERE series = ? AND step = ? AND at = ? AND value IS ?"
    return {row for row in earlier if conn.execute(query, (series, row.step, row.at, row.value)).fetchone()}


def _append_to(conn: sqlite3.Connection, job: int, key: str, points: list[Point]) -> None:
    last = max(points, key=_recency)
    ordered = [point.value for point in points if not math.isnan(point.value)]
    least, greatest = (min(ordered), max(ordered)) if ordered else (None, None)
    series, count, old_value, old_at, old_step, old_least, old_greatest = conn.execute(
        "INSERT INTO series (job, key, count, last, last_at, last_step, least, greatest, experiment) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT experiment FROM jobs WHERE id = ?)) "
        "ON CONFLICT DO UPDATE SET count = count + excluded.count "
        "RETURNING id, count, last, last_at, last_step, least, greatest",
        (job, key, len(points), last.value, to_micros(last.at), last.step, least, greatest, job),
    ).fetchone()
    before = count - len(points)
    if before:
        last = max(_read((old_value, old_at, old_step)), last, key=_recency)
        least = min((value for value in (old_least, least) if value is not None), default=None)
        greatest = max((value for value in (old_greatest, greatest) if value is not None), default=None)
        conn.execute(
            "UPDATE series SET last = ?, last_at = ?, last_step = ?, least = ?, greatest = ? WHERE id = ?",
            (last.value, to_micros(last.at), last.step, least, greatest, series),
        )
    conn.executemany(
        "INSERT INTO points (series, n, value, at, step) VALUES (?, ?, ?, ?, ?)",
        [(series, n, point.value, to_micros(point.at), point.step) for n, point in enumerate(points, before + 1)],
    )


def clear(conn: sqlite3.Connection, job: int) -> None:
    """Forget all points of a job: an attempt that was interrupted never happened."""
    conn.execute("DELETE FROM series WHERE job = ?", (job,))


def history(
    conn: sqlite3.Connection, job: int, key: str, *, after: int = 0, limit: int = -1
) -> list[tuple[int, Point]]:
    """The points of one metric with their numbers (from 1), in the order in which they came.

    Parameters:
        after: number of the last point already seen.
        limit: at most so many; all when negative.
    """
    rows = conn.execute(
        "SELECT n, value, at, step FROM points WHERE series = (SELECT id FROM series WHERE job = ? AND key = ?) "
        "AND n > ? ORDER BY n LIMIT ?",
        (job, key, after, limit),
    )
    return [(n, _read(point)) for n, *point in rows]


def find(conn: sqlite3.Connection, job: int, key: str) -> Series | None:
    """One metric of a job, if it was ever logged."""
    return next(iter(_series(conn, "job = ? AND key = ?", (job, key))), None)


def of(conn: sqlite3.Connection, job: int) -> list[Series]:
    """All metrics that a job's run logged, by name."""
    return _series(conn, "job = ?", (job,))


def _series(conn: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> list[Series]:
    sql = f"SELECT key, count, least, greatest, last, last_at, last_step FROM series WHERE {condition} ORDER BY key"
    return [
        Series(key, count, _read(last), least, greatest)
        for key, count, least, greatest, *last in conn.execute(sql, values)
    ]


def _recency(point: Point) -> tuple[int, float, float]:
    value = -math.inf if math.isnan(point.value) else point.value
    return point.step, point.at, value


def _read(row: Iterable[float | None]) -> Point:
    value, at, step = row
    assert at is not None and step is not None  # noqa: S101, PT018 - NOT NULL columns
    return Point(math.nan if value is None else value, to_seconds(int(at)), int(step))
