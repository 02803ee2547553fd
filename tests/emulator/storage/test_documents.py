from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import Database, documents, events, jobs, labels
from emulator.storage.documents import Filter
from emulator.storage.jobs import JobId
from emulator.storage.workspaces import guid_of
from tests.emulator.storage.conftest import WORKSPACE

GUID = guid_of(WORKSPACE)


def names(store: Database, *, size: int = 100, **wanted: Any) -> list[str]:
    found = documents.page(store.reader(), Filter(GUID, **wanted), size)
    return [jobs.get(store.reader(), kept.job).name for kept in found]


def test_a_document_is_kept_until_the_job_changes(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    store.write(lambda conn: documents.keep(conn, job, 0, b"{}")).result()
    assert documents.find(store.reader(), GUID, "job") == (job, 0, b"{}")
    store.write(lambda conn: events.move(conn, job, JobStatus.RUNNING, 1.0)).result()
    assert documents.find(store.reader(), GUID, "job") == (job, 1, None)


def test_a_document_of_an_older_revision_is_not_kept(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    store.write(lambda conn: labels.merge(conn, job, "tag", {"a": "b"})).result()
    store.write(lambda conn: documents.keep(conn, job, 0, b"stale")).result()
    assert documents.find(store.reader(), GUID, "job") == (job, 1, None)


def test_jobs_are_listed_newest_first_in_pages(store: Database, put: Callable[..., JobId]) -> None:
    ids = [put(f"job{number}") for number in range(5)]
    assert names(store, size=2) == ["job4", "job3"]
    assert names(store, size=2, before=ids[3]) == ["job2", "job1"]


def test_trials_are_listed_only_when_asked_for(store: Database, put: Callable[..., JobId]) -> None:
    put("p_0", parent=put("p"), trial=0)
    assert names(store) == ["p"]
    assert names(store, trials=True) == ["p_0", "p"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"type": "Command"}, ["command"]),
        ({"archived": True}, ["archived"]),
        ({"archived": None}, ["archived", "command", "sweep"]),
        ({"labels": [("tag", "team", None)]}, ["command", "sweep"]),
        ({"labels": [("tag", "team", "vision")]}, ["sweep"]),
        ({"labels": [("tag", "team", None), ("tag", "other", None)]}, ["command"]),
        ({"labels": [("tag", "_aml_system_x", None)]}, ["sweep"]),
        ({"labels": [("property", "p", "1")]}, ["command"]),
        ({"labels": [("tag", "team", None)], "type": "Sweep"}, ["sweep"]),
    ],
)
def test_filters(store: Database, put: Callable[..., JobId], wanted: dict[str, Any], expected: list[str]) -> None:
    put("sweep", tags={"team": "vision", "_aml_system_x": "1"})
    put("command", type="Command", tags={"team": "text", "other": "1"}, properties={"p": "1"})
    put("archived", archived=True)
    assert names(store, **wanted) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"type": "Sweep"},
        {"archived": None},
        {"labels": [("tag", "team", None)]},
        {"labels": [("tag", "team", None), ("tag", "other", None)]},
        {"labels": [("property", "p", "1")]},
    ],
)
def test_no_filter_scans_a_table_or_sorts(store: Database, wanted: dict[str, Any]) -> None:
    conn = store.reader()
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    documents.page(conn, Filter(GUID, before=5, **wanted), 50)
    conn.set_trace_callback(None)
    plan = "\n".join(row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statements[-1]}"))
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_all_documents_can_be_dropped_at_once(store: Database, put: Callable[..., JobId]) -> None:
    def fill_and_forget(conn: sqlite3.Connection) -> None:
        documents.keep(conn, job, 0, b"{}")
        documents.forget_all(conn)

    job = put()
    store.write(fill_and_forget).result()
    assert documents.find(store.reader(), GUID, "job") == (job, 0, None)
