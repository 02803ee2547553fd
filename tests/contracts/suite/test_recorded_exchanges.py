"""Recorded exchanges as scenarios: the requests are sent in order, and an answer of another shape breaks the rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.suite.exchange import Exchange
from contracts.suite.scenario import ContractBroken, rules_of
from contracts.suite.scenarios.recorded import recorded_scenarios
from contracts.suite.target import Request, Response, Surroundings

CANCEL = {
    "id": "cancel",
    "source": "somebody's recording",
    "setup": [{"method": "PUT", "path": "{W}/jobs/x", "query": {"api-version": "v"}, "body": {"in": "{W}/data/d"}}],
    "method": "POST",
    "path": "{W}/jobs/x/cancel",
    "query": {"api-version": "v"},
    "status": 202,
    "headers": {"location": "~/results/", "x-ms-kind": "*"},
    "absent_headers": ["retry-after"],
    "shape": "=null",
}
POLL = {
    "id": "poll",
    "source": "somebody's recording",
    "method": "GET",
    "path": "{LOCATION:cancel}",
    "status": 200,
    "shape": {"id": "={W}/jobs/x"},
}
W = "/subscriptions/s/resourceGroups/g/workspaces/w"


class Scripted:
    """A target with one answer for each request."""

    surroundings = Surroundings(W)

    def __init__(self, **changes: Any) -> None:
        self.sent: list[Request] = []
        self._cancel = {"location": "https://here/results/1", "x-ms-kind": "x", **changes.pop("headers", {})}
        self._content = changes.pop("content", {"id": f"{W}/jobs/x"})

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        if request.method == "POST":
            return Response(202, self._cancel, b"null")
        return Response(200, {}, json.dumps(self._content).encode())

    def pause(self, seconds: float) -> None: ...


def play(target: Scripted) -> None:
    scenarios = recorded_scenarios(map(Exchange.from_json, (CANCEL, POLL)))
    for name, _ in rules_of(scenarios):
        getattr(scenarios(), name)(target)


def test_each_exchange_is_a_scenario_with_its_recording_as_evidence() -> None:
    (name, rule), _ = rules_of(recorded_scenarios(map(Exchange.from_json, (CANCEL, POLL))))
    assert (name, rule.evidence, rule.source) == ("test_cancel", "recorded", "somebody's recording")
    assert rule.text == "POST {W}/jobs/x/cancel answers as it was recorded (cancel)."


def test_the_requests_are_sent_in_order_with_the_workspace_and_earlier_locations() -> None:
    target = Scripted()
    play(target)
    assert [(one.method, one.url) for one in target.sent] == [
        ("PUT", f"{W}/jobs/x?api-version=v"),
        ("POST", f"{W}/jobs/x/cancel?api-version=v"),
        ("GET", "https://here/results/1"),
    ]
    assert json.loads(target.sent[0].body or b"") == {"in": f"{W}/data/d"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"headers": {"retry-after": "1"}}, "$.headers.retry-after"),
        ({"headers": {"location": "https://here/other"}}, "$.headers.location"),
        ({"content": {"id": "y"}}, "$.body.id"),
        ({"content": {"id": f"{W}/jobs/x", "more": 1}}, "$.body.more"),
    ],
)
def test_another_answer_breaks_the_rule_and_names_the_place(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(ContractBroken) as broken:
        play(Scripted(**changes))
    assert [one.path for one in broken.value.differences] == [path]
