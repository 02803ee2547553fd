"""Runs are found by their start: across experiments, a page at a time."""

from __future__ import annotations

import sqlite3

import pytest

from contracts.resource_id import WorkspaceId
from emulator.storage import Database, experiments, jobs, runs
from emulator.storage.jobs import NewJob
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
