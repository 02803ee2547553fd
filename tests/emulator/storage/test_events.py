from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts.lifecycle import IllegalTransition, JobStatus
from emulator.storage import Database, events, jobs
from emulator.storage.jobs import JobId


def move(store: Database, job: JobId, to: JobStatus, at: float, **values: object) -> None:
    store.write(lambda conn: events.move(conn, job, to, at, **values)).result()  # type: ignore[arg-type]


def test_a_new_job_has_its_first_event(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    assert events.history(store.reader(), job) == [events.Event(JobStatus.NOT_STARTED, 1000.5, "", 1)]


def test_a_move_changes_the_status_and_leaves_an_event(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    move(store, job, JobStatus.STARTING, 1001.25, cause="why")
    assert jobs.get(store.reader(), job).status is JobStatus.STARTING
    assert events.history(store.reader(), job)[-1] == events.Event(JobStatus.STARTING, 1001.25, "why", 1)


def test_an_illegal_move_is_refused_and_leaves_nothing(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    move(store, job, JobStatus.CANCELED, 1001.0)
    with pytest.raises(IllegalTransition, match="cannot go from Canceled to Running"):
        move(store, job, JobStatus.RUNNING, 1002.0)
    assert jobs.get(store.reader(), job).status is JobStatus.CANCELED
    assert len(events.history(store.reader(), job)) == 2


def test_a_move_of_no_job_is_refused(store: Database) -> None:
    with pytest.raises(LookupError, match="77"):
        move(store, JobId(77), JobStatus.RUNNING, 1.0)


def test_a_job_started_when_it_first_ran_and_ended_when_it_was_over(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    for at, status in enumerate([JobStatus.RUNNING, JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.FAILED], 2000):
        move(store, job, status, float(at))
    found = jobs.get(store.reader(), job)
    assert (found.started, found.ended) == (2000.0, 2003.0)


def test_the_attempt_goes_on_until_another_is_named(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    move(store, job, JobStatus.RUNNING, 1.0)
    move(store, job, JobStatus.QUEUED, 2.0, attempt=2)
    move(store, job, JobStatus.RUNNING, 3.0)
    assert [event.attempt for event in events.history(store.reader(), job)] == [1, 1, 2, 2]


def test_a_new_job_may_go_through_several_statuses_at_once(store: Database, put: Callable[..., JobId]) -> None:
    way = (JobStatus.NOT_STARTED, JobStatus.STARTING, JobStatus.RUNNING)
    job = put(statuses=way)
    assert tuple(event.status for event in events.history(store.reader(), job)) == way
    found = jobs.get(store.reader(), job)
    assert (found.status, found.started) == (JobStatus.RUNNING, 1000.5)


@pytest.mark.parametrize(
    "way",
    [
        (JobStatus.RUNNING,),
        (JobStatus.NOT_STARTED, JobStatus.CANCELED, JobStatus.RUNNING),
        (JobStatus.NOT_STARTED, JobStatus.NOT_STARTED),
    ],
)
def test_a_new_job_goes_no_illegal_way(store: Database, put: Callable[..., JobId], way: tuple[JobStatus, ...]) -> None:
    with pytest.raises(IllegalTransition):
        put(statuses=way)
    assert jobs.unfinished(store.reader()) == []


def test_no_job_ends_before_it_started_when_the_clock_is_set_back(store: Database, put: Callable[..., JobId]) -> None:
    job = put()
    move(store, job, JobStatus.RUNNING, 2000.0)
    move(store, job, JobStatus.FINALIZING, 500.0)
    move(store, job, JobStatus.COMPLETED, 501.0)
    found = jobs.get(store.reader(), job)
    assert (found.started, found.ended) == (2000.0, 2000.0)
    times = [event.at for event in events.history(store.reader(), job)]
    assert times == sorted(times)
