from __future__ import annotations

from typing import Any

import pytest

from emulator.executors.base import Attempt
from emulator.faults.plan import UnfiredFaults
from emulator.simulation.curve import Curve
from emulator.simulation.script import Script
from emulator.simulation.trial_rule import TrialRule
from tests.emulator.simulation.test_trial_rule import task

_OTHERWISE = Curve((), 1.0)


def played(*rules: dict[str, Any]) -> tuple[Script, Any]:
    script = Script()
    script.play([TrialRule.model_validate(rule) for rule in rules])
    return script, script.before(lambda task: _OTHERWISE)


def trial(index: int) -> Attempt:
    return task(index=index, name=f"sweep_{index}")


def test_the_first_rule_that_matches_counts_and_others_do_as_ever() -> None:
    _, curve_for = played({"match": {"trial": 1}, "duration": 5}, {"match": {"trial": [1, 2]}, "duration": 6})
    assert [curve_for(trial(index)).duration for index in range(4)] == [1.0, 5.0, 6.0, 1.0]


def test_a_rule_serves_so_many_trials() -> None:
    script, curve_for = played({"duration": 5, "times": 2})
    assert [curve_for(trial(index)).duration for index in range(3)] == [5.0, 5.0, 1.0]
    assert script.rules[0].names == ["sweep_0", "sweep_1"]
    script.verify()


def test_a_rule_that_no_trial_followed_fails_and_is_named() -> None:
    script, curve_for = played({"match": {"trial": 7}, "exit_code": 1}, {"times": 2}, {})
    curve_for(trial(0))
    with pytest.raises(UnfiredFaults) as raised:
        script.verify()
    lines = str(raised.value).splitlines()
    assert lines[0] == "3 scripted trials did not come; correct their match:"
    assert lines[1] == "  trials-1: match: {'trial': [7]}, exit_code: 1; 0 trials did so"


def test_without_rules_nothing_is_asked_of_it() -> None:
    script, curve_for = played()
    assert curve_for(trial(0)) is _OTHERWISE
    script.verify()


def test_a_new_play_replaces_the_rules() -> None:
    script, curve_for = played({"duration": 5})
    script.clear()
    assert curve_for(trial(0)) is _OTHERWISE
