"""Runs are found by their start: across experiments, a page at a time."""

from __future__ import annotations

import math
import random
import sqlite3

import pytest

from contracts.resource_id import WorkspaceId
from emulator.storage import Database, experiments, jobs, metrics, runs
from emulator.storage.jobs import JobId, NewJob
from emulator.storage.workspaces import guid_of

_WORKSPACE = WorkspaceId("sub", "group", "space")
_GUID = guid_of(_WORKSPACE)


@pytest.fixture
def conn() -> sqlite3.Connection:
    """A store with ten runs in two experiments, the two of a pair begun at once; run 3 is archived."""
    store = Database.in_memory()
    for number in range(10):
        new = NewJob(
            _WORKSPACE, f"run-{number}", "Command", f"experiment-{number % 3 % 2}", {}, 100.0 + number // 2, "me",
            archived=number == 3,
        )  # fmt: skip
        store.write(lambda conn, new=new: jobs.create(conn, new)).result()
    return store.reader()


@pytest.mark.parametrize("size", [1, 2, 4, 20])
def test_pages_of_several_experiments_follow_one_order(conn: sqlite3.Connection, size: int) -> None:
    wanted = runs.Search(_GUID, [one.id for one in experiments.in_workspace(conn, _GUID)])
    found = [job for at in range(0, 12, size) for job in runs.search(conn, wanted, limit=size, offset=at)]
    assert [int(jobs.name_of(conn, job)[-1]) for job in found] == [8, 9, 6, 7, 4, 5, 2, 0, 1]


def test_the_latest_are_found_without_sorting(conn: sqlite3.Connection) -> None:
    seen: list[str] = []
    conn.set_trace_callback(seen.append)
    runs.search(conn, runs.Search(_GUID, [experiments.in_workspace(conn, _GUID)[0].id]), limit=3)
    conn.set_trace_callback(None)
    plan = [step for *_, step in conn.execute(f"EXPLAIN QUERY PLAN {seen[-1]}")]
    assert plan == ["SEARCH j USING INDEX jobs_by_start (experiment=? AND archived=?)"]


@pytest.fixture
def measured() -> sqlite3.Connection:
    """Forty runs in two experiments; many values of their metric are equal, some are NaN or infinite, some miss."""
    store, chance = Database.in_memory(), random.Random(7)
    values = [0.0, 0.5, 0.5, 1.0, -2.0, math.nan, math.inf, None]
    for number in range(40):
        new = NewJob(
            _WORKSPACE, f"run-{number}", "Command", f"experiment-{number % 2}", {}, 100.0 + number // 3, "me",
            archived=number % 11 == 3,
        )  # fmt: skip
        job = store.write(lambda conn, new=new: jobs.create(conn, new)).result()
        for step, value in enumerate(chance.choices(values, k=2)):
            if value is not None:
                point = metrics.Point(value, 1.0, step)
                store.write(lambda conn, job=job, point=point: metrics.append(conn, job, [("loss", point)])).result()
    return store.reader()


def _key(conn: sqlite3.Connection, job: JobId, descending: bool) -> tuple[float, ...]:
    """What MLflow orders a run by: values, then NaN, then runs without the metric; then the latest, then the name."""
    found, run = metrics.find(conn, job, "loss"), jobs.get(conn, job)
    value = None if found is None else found.last.value
    rank = 2 if value is None else 1 if math.isnan(value) else 0
    shown = 0.0 if rank else value or 0.0
    return rank, -shown if descending else shown, -run.created, run.name  # type: ignore[return-value]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(("limit", "offset"), [(1, 0), (3, 0), (3, 4), (7, 7), (100, 0)])
def test_the_order_by_a_metric_is_that_of_all_runs_sorted(
    measured: sqlite3.Connection, descending: bool, count: int, limit: int, offset: int
) -> None:
    ids = [one.id for one in experiments.in_workspace(measured, _GUID)][:count]
    wanted = runs.Search(_GUID, ids, orders=[(runs.Place("metric", "loss"), descending)])
    rows = measured.execute("SELECT id, experiment FROM jobs WHERE archived = 0")
    every = [JobId(row_id) for row_id, experiment in rows if experiment in ids]
    expected = sorted(every, key=lambda job: _key(measured, job, descending))[offset : offset + limit]
    assert runs.search(measured, wanted, limit=limit, offset=offset) == expected


def test_a_condition_holds_in_the_order_by_a_metric(measured: sqlite3.Connection) -> None:
    ids = [one.id for one in experiments.in_workspace(measured, _GUID)]
    loss = runs.Place("metric", "loss")
    wanted = runs.Search(_GUID, ids, conditions=[runs.Condition(loss, ">", [0.1])], orders=[(loss, False)])
    found = [metrics.find(measured, job, "loss") for job in runs.search(measured, wanted, limit=5)]
    assert [one and one.last.value for one in found] == [0.5] * 5


def test_the_best_are_found_without_a_look_at_all(measured: sqlite3.Connection) -> None:
    seen: list[str] = []
    ids = [one.id for one in experiments.in_workspace(measured, _GUID)][:1]
    measured.set_trace_callback(seen.append)
    runs.search(measured, runs.Search(_GUID, ids, orders=[(runs.Place("metric", "loss"), False)]), limit=3)
    measured.set_trace_callback(None)
    assert len(seen) == 2
    for sql in seen:
        plan = [step for *_, step in measured.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert plan[0].startswith("SEARCH s USING COVERING INDEX series_by_last (experiment=? AND key=?")
