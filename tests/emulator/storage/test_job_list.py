from __future__ import annotations

from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import Database, events, job_list, jobs
from emulator.storage.job_list import JobQuery
from emulator.storage.workspaces import guid_of
from tests.emulator.storage.conftest import WORKSPACE, a_job

GUID = guid_of(WORKSPACE)


@pytest.fixture(autouse=True)
def stored(store: Database) -> None:
    def fill(conn: Any) -> None:
        for number in range(10):
            one = jobs.create(
                conn,
                a_job(
                    f"job_{number}",
                    type="Sweep" if number % 2 else "Command",
                    display_name="100% done" if number == 3 else f"shown {number}",
                    experiment=f"exp{number % 3}",
                    tags={"team": "a" if number < 5 else "b"} if number else {},
                    archived=number == 9,
                ),
            )
            if number in (2, 7):
                events.move(conn, one, JobStatus.FAILED, 2000.0)
        jobs.create(conn, a_job("job_1_0", parent=jobs.id_of(conn, GUID, "job_1"), trial=0))

    store.write(fill).result()


def names(store: Database, size: int = 100, **wanted: Any) -> list[str]:
    conn = store.reader()
    return [jobs.name_of(conn, job) for job, _ in job_list.page(conn, JobQuery(GUID, **wanted), size)]


def test_the_newest_come_first_without_trials_and_archived_jobs(store: Database) -> None:
    assert names(store) == [f"job_{number}" for number in range(8, -1, -1)]
    assert names(store, archived=True) == ["job_9"]
    assert names(store, archived=None)[0] == "job_9"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"text": "SHOWN 4"}, ["job_4"]),
        ({"text": "0%"}, ["job_3"]),
        ({"text": "job_0"}, ["job_0"]),
        ({"statuses": ["Failed"]}, ["job_7", "job_2"]),
        ({"statuses": ["Failed", "NotStarted"], "type": "Sweep", "experiment": "exp1"}, ["job_7", "job_1"]),
        ({"tag": ("team", "b"), "type": "Command"}, ["job_8", "job_6"]),
        ({"tag": ("team", None), "experiment": "exp0"}, ["job_6", "job_3"]),
        ({"experiment": "no such"}, []),
    ],
)
def test_filters_go_together(store: Database, wanted: dict[str, Any], expected: list[str]) -> None:
    assert names(store, **wanted) == expected


@pytest.mark.parametrize("order", ["newest", "oldest", "name", "status"])
def test_pages_in_any_order_hold_every_job_once(store: Database, order: Any) -> None:
    whole, after, pages = names(store, order=order), None, []
    while True:
        page = job_list.page(store.reader(), JobQuery(GUID, order=order, after=after), 4)
        if not page:
            break
        pages += [jobs.name_of(store.reader(), job) for job, _ in page]
        after = page[-1][1]
    assert pages == whole
    assert len(pages) == 9


def test_jobs_are_counted_by_status(store: Database) -> None:
    assert job_list.counts(store.reader(), GUID) == {JobStatus.FAILED: 2, JobStatus.NOT_STARTED: 7}


@pytest.mark.parametrize(
    "wanted",
    [{}, {"order": "name"}, {"order": "status"}, {"statuses": ["Failed"]}, {"type": "Sweep"}, {"tag": ("team", "a")}],
)
def test_a_page_is_found_by_an_index_and_needs_no_sorting(store: Database, wanted: dict[str, Any]) -> None:
    conn = store.reader()
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    names(store, 4, **wanted)
    conn.set_trace_callback(None)
    listing = next(text for text in statements if "FROM" in text and "LIMIT" in text)
    plans = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {listing}")]
    assert not [step for step in plans if step.startswith("SCAN") or "TEMP B-TREE" in step], plans


def test_jobs_are_counted_again_only_when_something_was_written(store: Database) -> None:
    counts, conn, statements = job_list.Counts(store), store.reader(), list[str]()
    first = counts.of(GUID)
    conn.set_trace_callback(statements.append)
    assert counts.of(GUID) == first
    conn.set_trace_callback(None)
    assert not [text for text in statements if "count(*)" in text]
    store.write(lambda conn: jobs.create(conn, a_job("later"))).result()
    assert counts.of(GUID)[JobStatus.NOT_STARTED] == first[JobStatus.NOT_STARTED] + 1
