"""Jobs with all that became of them: out of one emulator, into another."""

from __future__ import annotations

import copy
import math
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from emulator.services.context import Emulator
from emulator.storage import events, jobs, metrics
from emulator.storage.metrics import Point
from tests.emulator.api.control.conftest import WORKSPACE, Send, job_url, put_sweep


def record_url(name: str) -> str:
    return f"/_amlet{WORKSPACE}/jobs/{name}/record"


@pytest.fixture
def exported(send: Send) -> dict[str, Any]:
    """The record of a sweep that has ended; the emulator is empty again."""
    rules = [{"match": {"trial": 0}, "metrics": {"accuracy": [0.1, 0.9], "loss": 3}}, {"exit_code": 2}]
    send("PUT", "/_amlet/scenario", json={"trials": rules})
    put_sweep(send)
    send("POST", "/_amlet/clock", json={"settle": True})
    answer = send("GET", record_url("one"))
    assert answer.status_code == 200, answer.text
    send("POST", "/_amlet/reset")
    found: dict[str, Any] = answer.json()
    return found


def put(send: Send, document: Any, name: str = "one") -> httpx.Response:
    return send("PUT", record_url(name), json=document)


def test_a_sweep_comes_back_with_its_trials_times_and_metrics(send: Send, exported: dict[str, Any]) -> None:
    answer = put(send, exported)
    assert (answer.status_code, answer.json()) == (201, {"name": "one", "trials": 2})
    assert send("GET", record_url("one")).json() == exported
    properties = send("GET", job_url("one")).json()["properties"]
    assert (properties["status"], properties["properties"]["best_child_run_id"]) == ("Completed", "one_0")
    assert send("GET", job_url("one_1")).json()["properties"]["status"] == "Failed"


def test_what_is_taken_in_does_not_run(send: Send, exported: dict[str, Any]) -> None:
    put(send, exported)
    assert send("POST", "/_amlet/clock", json={"settle": True}).json()["passed"] == 0


def test_the_record_can_be_read(exported: dict[str, Any]) -> None:
    job = exported["job"]
    assert exported["format"] == 1
    assert [move["status"] for move in job["moves"]][-1] == "Completed"
    good, bad = job["trials"]
    assert [value for value, _, _ in good["metrics"]["accuracy"]] == [0.1, 0.9]
    assert good["metrics"]["loss"][0][2] == 0
    assert bad["error"]["exitCode"] == 2


def test_a_value_that_is_no_number_survives(emulator: Emulator, send: Send, exported: dict[str, Any]) -> None:
    put(send, exported)
    job = jobs.find(emulator.store.reader(), WORKSPACE, "one_0")
    assert job is not None
    emulator.store.write(lambda conn: metrics.append(conn, job.id, [("nan", Point(math.nan, 1.0, 0))])).result()
    document = send("GET", record_url("one")).json()
    assert document["job"]["trials"][0]["metrics"]["nan"] == [[None, 1.0, 0]]
    send("POST", "/_amlet/reset")
    assert put(send, document).status_code == 201
    assert send("GET", record_url("one")).json() == document


def test_a_job_that_is_there_is_not_overwritten(send: Send, exported: dict[str, Any]) -> None:
    put(send, exported)
    answer = put(send, exported)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "Conflict")


def test_a_trial_alone_and_a_missing_job_are_not_exported(send: Send, exported: dict[str, Any]) -> None:
    put(send, exported)
    for name in ("one_0", "none"):
        assert send("GET", record_url(name)).status_code == 404


def _without_end(job: dict[str, Any]) -> None:
    job["moves"].pop()


def _wrong_order(job: dict[str, Any]) -> None:
    job["moves"].insert(0, {"status": "Completed", "at": 0})


def _other_trial(job: dict[str, Any]) -> None:
    job["trials"][0]["name"] = "other"


def _same_trial(job: dict[str, Any]) -> None:
    job["trials"].append(copy.deepcopy(job["trials"][0]))


def _empty_body(job: dict[str, Any]) -> None:
    job["body"] = {}


def _misspelled(job: dict[str, Any]) -> None:
    job["moovs"] = job.pop("moves")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_without_end, "Job one has not ended"),
        (_wrong_order, "cannot"),
        (_other_trial, "Trial 0 of one cannot be called other."),
        (_same_trial, "The trials contradict each other"),
        (_empty_body, "jobType"),
        (_misspelled, "job.moovs: unknown key; did you mean 'moves'?"),
    ],
)
def test_what_could_be_no_job_is_refused_and_nothing_is_stored(
    emulator: Emulator, send: Send, exported: dict[str, Any], damage: Any, message: str
) -> None:
    damage(exported["job"])
    answer = put(send, exported)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]
    assert jobs.find(emulator.store.reader(), WORKSPACE, "one") is None


def test_a_record_is_put_under_its_own_name(send: Send, exported: dict[str, Any]) -> None:
    answer = put(send, exported, "two")
    assert answer.status_code == 400
    assert "The record is of job one, not of two" in answer.json()["error"]["message"]


def test_times_are_those_of_the_record(emulator: Emulator, send: Send, exported: dict[str, Any]) -> None:
    put(send, exported)
    conn = emulator.store.reader()
    job = jobs.find(conn, WORKSPACE, "one_0")
    assert job is not None
    last = events.history(conn, job.id)[-1]
    assert (last.status, last.at) == (JobStatus.COMPLETED, exported["job"]["trials"][0]["moves"][-1]["at"])
