"""What people are told of the attempts at a job: by its control route, on its page, in the explanation of its sweep."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from contracts.studio import job_url
from emulator.app import app_of
from emulator.services.context import Emulator
from emulator.services.jobs.attempt_history import attempts_of, repeated
from emulator.storage import attempts, events, jobs
from emulator.storage.attempts import AttemptRow, AttemptState
from emulator.storage.jobs import JobId
from tests.emulator.studio import states

_NAME = "tried"


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    return make_emulator(auth="any")


def store(emulator: Emulator, work: Callable[[sqlite3.Connection], Any]) -> Any:
    return emulator.store.write(work).result()


@pytest.fixture
def job(emulator: Emulator) -> JobId:
    """A command job that lost its first attempt, lost its second node with notice, and runs."""

    def work(conn: sqlite3.Connection) -> JobId:
        body = {"jobType": "Command", "command": "true"}
        key = states.job(conn, _NAME, 10.0, type="Command", body=body)
        for number, cause in ((1, ""), (2, "attempt 1 was lost: silence"), (3, "its node was preempted")):
            at = 10.0 * number
            events.move(conn, key, JobStatus.QUEUED, at, cause, number)
            place = (f"tcp://w{number}", f"gpu{number}") if number < 3 else ("process 7", "here")
            attempts.keep(conn, AttemptRow(key, number, "reach", "", *place))
            events.move(conn, key, JobStatus.RUNNING, at + 1, "", number)
        attempts.move(conn, key, 1, AttemptState.LOST)
        return key

    return JobId(store(emulator, work))


def test_each_attempt_is_told_with_its_place_its_times_and_its_fate(emulator: Emulator, job: JobId) -> None:
    conn = emulator.store.reader()
    first, second, third = attempts_of(conn, jobs.get(conn, job))
    assert (first.status, first.place, first.started, first.ended) == ("Lost", "gpu1 (tcp://w1)", 11.0, 20.0)
    assert (second.status, second.why) == ("Preempted", "its node was preempted")
    assert (third.status, third.ended, third.why) == ("Running", None, "")
    assert str(third) == "Attempt 3 on here (process 7): Running"


def test_the_route_tells_lines_and_the_record(emulator: Emulator, job: JobId, ask: Any) -> None:
    url = f"/_amlet{states.WORKSPACE}/jobs/{_NAME}/attempts"
    told = ask(app_of(emulator), "GET", url, headers={"Authorization": "Bearer t"}).json()
    assert told["lines"][0] == "Attempt 1 on gpu1 (tcp://w1): Lost, silence"
    assert [one["host"] for one in told["attempts"]] == ["gpu1", "gpu2", "here"]
    assert told["attempts"][2]["ended"] is None


def test_a_job_that_never_ran_has_no_attempt(emulator: Emulator) -> None:
    key = store(emulator, lambda conn: states.job(conn, "new", 1.0, type="Command", body={"command": "true"}))
    conn = emulator.store.reader()
    assert attempts_of(conn, jobs.get(conn, key)) == []


def test_the_page_says_where_it_runs_and_lists_the_attempts(
    emulator: Emulator, job: JobId, ask: Callable[..., httpx.Response]
) -> None:
    url = f"{job_url('', states.WORKSPACE, _NAME)}&tab=timeline&key={emulator.secrets.page_key}"
    text = ask(app_of(emulator), "GET", url).text
    assert "<dt>Runs on</dt><dd>here" in text
    assert "process 7" in text
    assert text.count("<td>gpu") == 2
    assert "<td>silence</td>" in text


def test_what_a_worker_calls_itself_is_shown_as_text(
    emulator: Emulator, job: JobId, ask: Callable[..., httpx.Response]
) -> None:
    hostile = attempts.AttemptRow(job, 3, "reach", "", states.HOSTILE, states.HOSTILE)
    store(emulator, lambda conn: attempts.keep(conn, hostile))
    url = f"{job_url('', states.WORKSPACE, _NAME)}&tab=timeline&key={emulator.secrets.page_key}"
    text = ask(app_of(emulator), "GET", url).text
    assert "<script>window.hacked" not in text
    assert "&lt;script&gt;window.hacked" in text


def test_the_explanation_of_a_sweep_tells_of_trials_that_were_started_again(emulator: Emulator, job: JobId) -> None:
    conn = emulator.store.reader()
    lines = repeated(conn, [jobs.get(conn, job)])
    assert lines[0] == f"{_NAME}: Attempt 1 on gpu1 (tcp://w1): Lost, silence."
    assert len(lines) == 3
