"""Two targets side by side: what of their answers has to agree, and how a difference is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.suite.target import Request, Response, Surroundings
from contracts.suite.transcript import disagreements, kinds

HERE = Surroundings("/subscriptions/s/resourceGroups/g/workspaces/w", prefix="suite")
THERE = Surroundings("/subscriptions/t/resourceGroups/h/workspaces/v", prefix="suite1234")


def kind(where: Surroundings, origin: str, body: Any, status: int = 200) -> dict[str, Any]:
    """The kind of the answer to a GET of a job."""
    request = Request("GET", f"{origin}{where.workspace}/jobs/{where.prefix}-a?api-version=1")
    return kinds([(request, Response(status, {}, json.dumps(body).encode()))], where)


def test_what_is_a_target_s_own_does_not_count() -> None:
    here = kind(HERE, "", {"name": "suite-a", "at": "now", "n": 1, "tags": {"a": "1"}})
    there = kind(THERE, "https://host", {"name": "suite1234-a", "at": "then", "n": 2.5, "tags": {}})
    assert here == there


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ({"a": 1}, {}, "$.body.a"),
        ({}, {"a": None}, "$.body.a"),
        ({"a": 1}, {"a": "1"}, "$.body.a"),
        ({"a": None}, {"a": "1"}, "$.body.a"),
        ({"a": [{"b": 1}]}, {"a": [{"b": True}]}, "$.body.a[].b"),
    ],
)
def test_keys_and_types_count(one: Any, other: Any, path: str) -> None:
    first, second = (kind(HERE, "", body) for body in (one, other))
    [asked] = first.keys() & second.keys()
    assert [place for place, _, _ in disagreements(first[asked], second[asked])] == [path]


def test_the_status_counts() -> None:
    [asked] = kind(HERE, "", {})
    one, other = (kind(HERE, "", {}, status)[asked] for status in (200, 201))
    assert list(disagreements(one, other)) == [("$.status", 200, 201)]


def test_two_targets_that_keep_a_rule_and_differ_are_told_apart_with_the_rule(
    tmp_path: Path, run_pytest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cassette, some = tmp_path / "c.json", ("--pyargs", "amlet.testing.suite", "--target=emulator", "-k", "system_data")
    with monkeypatch.context() as recording:
        recording.setenv("AMLET_RECORD", str(cassette))
        run_pytest(*some)
    outcomes, _ = run_pytest(*some, "--against", "replay:c.json")
    assert set(outcomes.values()) == {"PASSED"}
    cassette.write_text(cassette.read_text().replace('"notificationSetting"', '"notificationSettings"'))
    outcomes, output = run_pytest(*some, "--against", "replay:c.json")
    assert "FAILED" in outcomes.values()
    for part in (
        "emulator and replay:c.json keep the rule and differ: systemData has the moment",
        '"path": "$.body.properties.notificationSetting"',
        '"emulator": "null"',
        '"replay:c.json": "(absent)"',
    ):
        assert part in output
