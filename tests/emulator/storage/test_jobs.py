from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from contracts.lifecycle import JobStatus
from contracts.local_choices import SIMULATED, LocalChoices
from contracts.resource_id import WorkspaceId
from emulator.storage import Database, events, jobs, labels, metrics
from emulator.storage.jobs import JobId
from emulator.storage.metrics import Point
from tests.emulator.storage.conftest import WORKSPACE, a_job


def test_a_job_comes_back_as_it_was_stored(store: Database, put: Callable[..., JobId]) -> None:
    parent = put(
        "parent", seed=7, choices=LocalChoices(python="/usr/bin/python3"), display_name="shown", tags={"a": "b"}
    )
    child = put("parent_0", parent=parent, trial=0, parameters={"lr": 0.1}, body={"jobType": "Command"})
    found = jobs.find(store.reader(), WORKSPACE, "parent_0")
    assert found == jobs.get(store.reader(), child)
    assert found is not None
    assert (found.parent, found.trial, found.parameters) == (parent, 0, {"lr": 0.1})
    assert (found.workspace, found.experiment, found.status) == (WORKSPACE, "exp", JobStatus.NOT_STARTED)
    whole = jobs.get(store.reader(), parent)
    assert (whole.seed, whole.choices.python, whole.display_name) == (7, "/usr/bin/python3", "shown")
    assert labels.of(store.reader(), parent, "tag") == {"a": "b"}


def test_what_is_below_a_simulated_job_is_simulated(store: Database, put: Callable[..., JobId]) -> None:
    pipeline = put("pipeline", properties={SIMULATED: "true", "mine": "1"})
    sweep = put("step", parent=pipeline, trial=0)
    trial = put("step_0", parent=sweep, trial=0, parameters={"x": 1})
    real = put("real_0", parent=put("real"), trial=0)
    found = [labels.of(store.reader(), job, "property") for job in (sweep, trial, real)]
    assert found == [{SIMULATED: "true"}, {SIMULATED: "true"}, {}]


def test_a_name_is_taken_once_per_workspace(store: Database, put: Callable[..., JobId]) -> None:
    put("job")
    put("job", workspace=WorkspaceId("sub", "group", "other"))
    with pytest.raises(sqlite3.IntegrityError):
        put("job")


def test_a_workspace_is_the_same_in_any_letter_case(store: Database, put: Callable[..., JobId]) -> None:
    job = put("job")
    found = jobs.find(store.reader(), WorkspaceId("SUB", "Group", "WS"), "job")
    assert found is not None
    assert found.id == job


def test_a_job_of_no_such_id_is_an_error(store: Database) -> None:
    with pytest.raises(LookupError, match="12345"):
        jobs.get(store.reader(), JobId(12345))


def test_children_come_by_index(store: Database, put: Callable[..., JobId]) -> None:
    parent = put("p")
    for index in (2, 0, 1):
        put(f"p_{index}", parent=parent, trial=index)
    assert [child.trial for child in jobs.children(store.reader(), parent)] == [0, 1, 2]


def test_jobs_that_have_not_ended_are_found_for_the_next_start(store: Database, put: Callable[..., JobId]) -> None:
    ended, running = put("ended"), put("running")
    store.write(lambda conn: events.move(conn, ended, JobStatus.FAILED, 1.0)).result()
    assert jobs.unfinished(store.reader()) == [running]


def test_a_deleted_job_takes_its_trials_and_metrics_with_it(store: Database, put: Callable[..., JobId]) -> None:
    parent = put("p")
    child = put("p_0", parent=parent, trial=0)
    store.write(lambda conn: metrics.append(conn, child, [("a", Point(1.0, 1.0))])).result()
    store.write(lambda conn: jobs.delete(conn, parent)).result()
    conn = store.reader()
    for table in ("jobs", "events", "series", "points", "labels"):
        assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_row_id_is_never_given_twice(store: Database, put: Callable[..., JobId]) -> None:
    first = put("job")
    store.write(lambda conn: jobs.delete(conn, first)).result()
    assert put("job") != first


def test_labels_are_merged_and_never_lost(store: Database, put: Callable[..., JobId]) -> None:
    job = put(tags={"a": "1", "b": "2"})
    store.write(lambda conn: labels.merge(conn, job, "tag", {"b": "3", "c": "4"})).result()
    assert labels.of(store.reader(), job, "tag") == {"a": "1", "b": "3", "c": "4"}


@pytest.mark.parametrize(
    "change",
    [
        lambda conn, job: events.move(conn, job, JobStatus.RUNNING, 2.0),
        lambda conn, job: labels.merge(conn, job, "tag", {"x": "y"}),
        lambda conn, job: labels.merge(conn, job, "property", {"x": "y"}),
        lambda conn, job: jobs.update(conn, job, 2.0, description="other"),
        lambda conn, job: jobs.set_error(conn, job, {"code": "UserError"}),
    ],
)
def test_whatever_shows_in_the_document_raises_the_revision(
    store: Database, put: Callable[..., JobId], change: Callable[[sqlite3.Connection, JobId], None]
) -> None:
    job = put()
    before = jobs.get(store.reader(), job).revision
    store.write(lambda conn: change(conn, job)).result()
    assert jobs.get(store.reader(), job).revision > before


def test_what_does_not_show_leaves_the_revision(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    before = jobs.get(store.reader(), job).revision
    store.write(lambda conn: metrics.append(conn, job, [("a", Point(1.0, 1.0))])).result()
    store.write(lambda conn: labels.merge(conn, job, "param", {"x": "y"})).result()
    assert jobs.get(store.reader(), job).revision == before


def test_a_job_that_fails_to_be_stored_leaves_nothing(store: Database, put: Callable[..., JobId]) -> None:
    put("job")
    with pytest.raises(sqlite3.IntegrityError):
        store.write(lambda conn: jobs.create(conn, a_job("job", experiment="new"))).result()
    assert store.reader().execute("SELECT name FROM experiments").fetchall() == [("exp",)]
