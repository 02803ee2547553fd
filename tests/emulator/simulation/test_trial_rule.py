from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from emulator.executors.base import Attempt
from emulator.simulation.trial_rule import TrialMatch, TrialRule


def task(**values: Any) -> Attempt:
    given = {"index": 0, "parameters": {"lr": 0.05, "kernel": "rbf"}, "name": "sweep_0", "metric": "accuracy"}
    return Attempt("1/1", **{**given, **values})


@pytest.mark.parametrize(
    ("match", "others"),
    [
        ({}, {}),
        ({"job": "sweep"}, {}),
        ({"job": "sw*"}, {}),
        ({"job": "sweep_0"}, {}),
        ({"trial": 0}, {}),
        ({"trial": [0, 2]}, {"index": 2, "name": "sweep_2"}),
        ({"attempt": 2}, {"number": 2}),
        ({"parameters": {"kernel": "rbf"}}, {}),
        ({"parameters": {"lr": {"min": 0.01, "max": 0.1}}}, {}),
        ({"parameters": {"n": 3}}, {"parameters": {"n": 3}}),
        ({"job": "command"}, {"name": "command", "metric": None}),
        ({"job": "train"}, {"step": "night/train"}),
        ({"job": "night/*"}, {"step": "night/train"}),
    ],
)
def test_a_trial_matches(match: dict[str, Any], others: dict[str, Any]) -> None:
    assert TrialMatch.model_validate(match).matches(task(**others))


@pytest.mark.parametrize(
    ("match", "others"),
    [
        ({"job": "other"}, {}),
        ({"job": "swee"}, {}),
        ({"trial": 1}, {}),
        ({"trial": 0}, {"metric": None, "name": "command"}),
        ({"attempt": 1}, {"number": 2}),
        ({"parameters": {"kernel": "poly"}}, {}),
        ({"parameters": {"missing": 1}}, {}),
        ({"parameters": {"lr": {"min": 0.06}}}, {}),
        ({"parameters": {"kernel": {"min": 0}}}, {}),
        ({"parameters": {"flag": 1}}, {"parameters": {"flag": True}}),
    ],
)
def test_a_trial_does_not_match(match: dict[str, Any], others: dict[str, Any]) -> None:
    assert not TrialMatch.model_validate(match).matches(task(**others))


def test_values_come_evenly_over_the_duration() -> None:
    curve = TrialRule.model_validate({"metrics": [0.1, 0.2], "duration": 100}).curve(task())
    assert list(curve.points) == [(50.0, 0, 0.1), (100.0, 1, 0.2)]
    assert (curve.duration, curve.exit_code, curve.node_taken, curve.node_lost) == (100.0, 0, None, None)


def test_metrics_have_names() -> None:
    curve = TrialRule.model_validate({"metrics": {"accuracy": [0.1, 0.2], "loss": 3}, "duration": 60}).curve(task())
    assert [value for _, _, value in curve.points] == [0.1, 0.2]
    assert curve.others == {"loss": ((60.0, 0, 3.0),)}


def test_a_value_may_be_no_number() -> None:
    (point,) = TrialRule.model_validate({"metrics": [math.nan]}).curve(task()).points
    assert math.isnan(point[2])


def test_a_trial_that_hangs_never_ends() -> None:
    curve = TrialRule.model_validate({"metrics": [0.1], "hang": True, "duration": 10}).curve(task())
    assert curve.duration == math.inf
    assert curve.points[0][0] == 10.0


def test_each_attempt_can_lose_its_node() -> None:
    rule = TrialRule.model_validate({"preempt": [10, 20]})
    assert [rule.curve(task(number=attempt)).node_taken for attempt in (1, 2, 3)] == [10.0, 20.0, None]


def test_a_log_can_be_spelled_out() -> None:
    curve = TrialRule.model_validate({"log": ["a", "b"], "duration": 10}).curve(task())
    assert list(curve.log) == [(5.0, "a"), (10.0, "b")]


def test_a_log_of_very_many_lines_is_written_in_few_steps() -> None:
    curve = TrialRule.model_validate({"log": {"lines": 100_000, "width": 20}}).curve(task())
    text = "\n".join(lines for _, lines in curve.log)
    assert len(curve.log) == 100
    assert (text.count("\n") + 1, len(text)) == (100_000, 100_000 * 21 - 1)


@pytest.mark.parametrize(
    "rule",
    [
        {"hang": True, "exit_code": 1},
        {"exit_code": 256},
        {"log": {"lines": 1_000_000, "width": 10_000}},
        {"duration": -1},
        {"times": 0},
        {"metrics": "high"},
        {"match": {"trial": -1}},
    ],
)
def test_what_cannot_be_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TrialRule.model_validate(rule)
