from __future__ import annotations

from emulator.services.context import Emulator
from tests.emulator.api.control.conftest import Send, job_url

_RULE = {"match": "GET jobs/*", "status": 503, "times": 1, "retry_after": 2}


def test_a_fault_is_planned_comes_and_is_accounted_for(send: Send) -> None:
    planned = send("POST", "/_amlet/faults", json=_RULE)
    assert (planned.status_code, planned.json()["id"], planned.json()["missing"]) == (201, "fault-1", 1)
    refused = send("GET", job_url("none"))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert send("GET", "/_amlet/faults/fault-1").json()["fired"] == 1
    assert send("POST", "/_amlet/faults/verify").status_code == 200


def test_a_fault_that_never_came_fails_the_verification(send: Send) -> None:
    send("POST", "/_amlet/faults", json=_RULE)
    answer = send("POST", "/_amlet/faults/verify")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "UnfiredFaults")
    assert "fault-1: 503 for GET jobs/*; planned once, came 0 times" in answer.json()["error"]["message"]


def test_faults_are_listed_and_taken_back(send: Send) -> None:
    for _ in range(3):
        send("POST", "/_amlet/faults", json=_RULE)
    assert send("DELETE", "/_amlet/faults/fault-2").status_code == 204
    assert [fault["id"] for fault in send("GET", "/_amlet/faults").json()["value"]] == ["fault-1", "fault-3"]
    assert send("DELETE", "/_amlet/faults").status_code == 204
    assert send("GET", "/_amlet/faults").json() == {"value": []}


def test_what_is_not_planned_is_not_found(send: Send) -> None:
    for method in ("GET", "DELETE"):
        assert send(method, "/_amlet/faults/fault-9").status_code == 404


def test_a_mistake_is_told_with_key_and_remedy(send: Send) -> None:
    answer = send("POST", "/_amlet/faults", json={"sttus": 503})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "sttus: unknown key; did you mean 'status'?"


def test_a_body_that_is_no_object_is_refused(send: Send) -> None:
    assert send("POST", "/_amlet/faults", json=[1]).status_code == 400
    assert send("POST", "/_amlet/faults", content=b"{").status_code == 400


def test_the_api_and_python_plan_the_same_faults(emulator: Emulator, send: Send) -> None:
    send("POST", "/_amlet/faults", json=_RULE)
    emulator.faults.plan(**_RULE)  # type: ignore[arg-type]
    one, other = emulator.faults.planned
    assert one.rule == other.rule
