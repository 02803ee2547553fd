from __future__ import annotations

from typing import Any

import pytest

from emulator.faults.plan import MOST_FAULTS, Faults, UnfiredFaults
from emulator.faults.request_match import Asked


def asked(method: str = "GET", path: str = "/a/jobs/one") -> Asked:
    return Asked(method, path, {}, {})


def test_a_fault_comes_as_often_as_planned() -> None:
    faults = Faults()
    fault = faults.plan(match="GET jobs/*", status=503, times=2)
    assert [faults.strike(asked()) for _ in range(3)] == [fault, fault, None]
    assert faults.unfired() == []
    faults.verify()


def test_what_does_not_match_goes_well() -> None:
    faults = Faults()
    faults.plan(match="PUT jobs/*", status=503)
    assert faults.strike(asked()) is None


def test_the_first_requests_may_go_well() -> None:
    faults = Faults()
    fault = faults.plan(match="jobs/*", status=503, after=2)
    assert [faults.strike(asked()) for _ in range(4)] == [None, None, fault, None]
    assert (fault.matched, fault.fired) == (3, 1)


def test_of_several_faults_the_first_planned_comes_first() -> None:
    faults = Faults()
    first, second = faults.plan(status=503), faults.plan(status=429)
    assert [faults.strike(asked()) for _ in range(2)] == [first, second]


def test_a_fault_without_an_end_comes_always_and_has_to_come_once() -> None:
    faults = Faults()
    fault = faults.plan(status=503, times=None)
    assert faults.unfired() == [fault]
    assert [faults.strike(asked()) for _ in range(5)] == [fault] * 5
    assert faults.unfired() == []


def test_a_planned_fault_that_never_came_fails_and_is_named() -> None:
    faults = Faults()
    faults.plan(match="GET jobs/*", status=503, times=2)
    faults.plan(status=429)
    faults.strike(asked())
    with pytest.raises(UnfiredFaults) as raised:
        faults.verify()
    assert str(raised.value).splitlines()[1:] == [
        "  fault-1: 503 for GET jobs/*; planned 2 times, came 1 times (1 requests matched)",
        "  fault-2: 429 for any method any path; planned once, came 0 times (0 requests matched)",
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stat": 503}, "stat: unknown key; did you mean 'status'?"),
        ({"status": "no"}, "status: 'no' is not what is expected here: a whole number"),
        ({"status": 99}, "status: 99 is not what is expected here: 200 or more"),
        ({"status": 503, "times": 0}, "times: 0 is not what is expected here: 1 or more"),
        ({"status": 503, "reset": "before"}, "fault: status and reset exclude each other; make a fault of each"),
        ({}, "fault: nothing would go wrong; give one of status, reset, truncate or latency"),
        ({"reset": True, "retry_after": 1}, "fault: retry_after belongs to a refusal; give its status too"),
        ({"reset": "during"}, "reset: 'during' is not what is expected here: one of before, after"),
        ({"latency": float("inf")}, "latency: inf is not what is expected here: a number that is finite"),
        ({"status": 503, "match": {"methd": "GET"}}, "match.methd: unknown key; did you mean 'method'?"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_key_and_remedy(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as raised:
        Faults().plan(**values)
    assert str(raised.value) == message


def test_a_fault_can_be_taken_back() -> None:
    faults = Faults()
    fault = faults.plan(status=503)
    assert (faults.remove(fault.id), faults.remove(fault.id)) == (True, False)
    assert faults.strike(asked()) is None


def test_clear_takes_all_back_and_numbers_anew() -> None:
    faults = Faults()
    faults.plan(status=503)
    faults.clear()
    assert faults.planned == ()
    assert faults.plan(status=503).id == "fault-1"


def test_their_number_is_bounded() -> None:
    faults = Faults()
    for _ in range(MOST_FAULTS):
        faults.plan(status=503)
    with pytest.raises(ValueError, match="clear them first"):
        faults.plan(status=503)


def test_its_document_has_the_rule_as_given_and_the_account() -> None:
    fault = Faults().plan(match="jobs/*", status=503, times=2)
    assert fault.document() == {
        "id": "fault-1",
        "rule": {"match": {"path": "jobs/*"}, "status": 503, "times": 2},
        "matched": 0,
        "fired": 0,
        "missing": 2,
    }
