from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from emulator.storage import Database, metrics
from emulator.storage.jobs import JobId
from emulator.storage.metrics import Point


def log(store: Database, job: JobId, *points: tuple[str, Point]) -> None:
    store.write(lambda conn: metrics.append(conn, job, points)).result()


def test_points_are_numbered_in_the_order_in_which_they_came(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    log(store, job, ("a", Point(1.0, 5.0, 3)), ("b", Point(9.0, 5.0)), ("a", Point(2.0, 4.0, 1)))
    log(store, job, ("a", Point(3.0, 6.0, 2)))
    assert metrics.history(store.reader(), job, "a") == [
        (1, Point(1.0, 5.0, 3)),
        (2, Point(2.0, 4.0, 1)),
        (3, Point(3.0, 6.0, 2)),
    ]
    assert metrics.history(store.reader(), job, "a", after=1, limit=1) == [(2, Point(2.0, 4.0, 1))]


def test_the_last_value_is_that_of_the_highest_step(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    log(store, job, ("a", Point(1.0, 5.0, 3)))
    log(store, job, ("a", Point(2.0, 6.0, 1)))
    series = metrics.find(store.reader(), job, "a")
    assert series is not None
    assert (series.count, series.last) == (2, Point(1.0, 5.0, 3))


def test_the_extremes_are_kept_and_nan_is_no_extreme(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    log(store, job, ("a", Point(math.nan, 1.0)))
    series = metrics.find(store.reader(), job, "a")
    assert series is not None
    assert series.best("Maximize") is None
    log(store, job, *(("a", Point(value, 2.0)) for value in (0.5, math.nan, -math.inf, 0.25)))
    log(store, job, ("a", Point(0.75, 3.0)))
    series = metrics.find(store.reader(), job, "a")
    assert series is not None
    assert (series.best("minimize"), series.best("Maximize")) == (-math.inf, 0.75)


def test_nan_comes_back_as_nan(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    log(store, job, ("a", Point(math.nan, 1.0)))
    assert math.isnan(metrics.history(store.reader(), job, "a")[0][1].value)


@pytest.mark.parametrize("millis", [0, 1, 1_700_000_000_123, 1_700_000_000_999])
def test_milliseconds_of_a_client_come_back_exactly(store: Database, put: Callable[..., JobId], millis: int) -> None:
    job = put()
    log(store, job, ("a", Point(1.0, millis / 1000)))
    assert round(metrics.history(store.reader(), job, "a")[0][1].at * 1000) == millis


def test_all_metrics_of_a_job_are_listed_by_name(store: Database, put: Callable[..., JobId]) -> None:
    job, other = put(), put("other")
    log(store, job, ("b", Point(1.0, 1.0)), ("a", Point(1.0, 1.0)))
    log(store, other, ("c", Point(1.0, 1.0)))
    assert [series.key for series in metrics.of(store.reader(), job)] == ["a", "b"]


def test_points_that_were_logged_before_are_found_whatever_their_order(
    store: Database, put: Callable[..., JobId]
) -> None:
    job = put()
    nan, inf = math.nan, math.inf
    log(store, job, *(("a", point) for point in (Point(1.0, 5.0, 3), Point(nan, 6.0, 1), Point(inf, 4.0, 2))))
    again = [("a", point) for point in (Point(inf, 4.0, 2), Point(1.0, 5.0, 3), Point(nan, 6.0, 1))]
    new = [("a", Point(1.0, 5.0, 4)), ("b", Point(1.0, 5.0, 3)), ("a", Point(2.0, 5.0, 3)), ("a", Point(1.0, 5.001, 3))]
    assert metrics.unseen(store.reader(), job, [*again, *new, *new]) == new
    assert metrics.unseen(store.reader(), put("other"), again) == again[:2] + again[2:]


def test_points_out_of_order_are_found_without_a_look_at_their_series(
    store: Database, put: Callable[..., JobId]
) -> None:
    job = put()
    log(store, job, *(("a", Point(float(step), 5.0, step)) for step in range(1000)))
    plans = []

    def look(conn: Any) -> list[tuple[str, Point]]:
        statements: list[str] = []
        conn.set_trace_callback(statements.append)
        found = metrics.unseen(conn, job, [("a", Point(3.0, 5.0, 3)), ("a", Point(-3.0, 5.0, 3))])
        conn.set_trace_callback(None)
        for statement in statements:
            if "FROM points" in statement:
                plans.extend(row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}"))
        return found

    assert store.write(look).result() == [("a", Point(-3.0, 5.0, 3))]
    assert plans
    assert all("points_by_step (series=? AND step=? AND at=? AND value=?)" in plan for plan in plans)
