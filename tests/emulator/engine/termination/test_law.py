"""What holds for every early termination policy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.objective import Goal
from emulator.engine.plan import SweepPlan
from emulator.engine.settings import EngineSettings
from emulator.engine.termination import policy_of
from emulator.engine.termination.base import NoTermination, Policy

MakePlan = Callable[..., SweepPlan]

POLICIES: list[dict[str, Any]] = [
    {"policyType": "Bandit", "slackFactor": 0.1},
    {"policyType": "Bandit", "slackAmount": 0.3},
    {"policyType": "MedianStopping"},
    {"policyType": "TruncationSelection", "truncationPercentage": 30},
]
every_policy = pytest.mark.parametrize("policy", POLICIES, ids=["factor", "amount", "median", "truncation"])

values = st.floats(-100, 100, allow_subnormal=False)
logs = st.lists(st.tuples(st.integers(0, 4), values), max_size=40)


def decisions(policy: Policy, log: list[tuple[int, float]]) -> Iterator[Any]:
    return (policy.observe(trial, value) for trial, value in log)


@every_policy
@given(log=logs)
def test_negating_the_metric_and_turning_the_goal_changes_no_verdict(
    make_plan: MakePlan, policy: dict[str, Any], log: list[tuple[int, float]]
) -> None:
    up = policy_of(make_plan(policy=policy, goal="maximize"))
    down = policy_of(make_plan(policy=policy, goal="Minimize"))
    negated = [(trial, -value) for trial, value in log]
    assert [d.cancel for d in decisions(up, log)] == [d.cancel for d in decisions(down, negated)]


@every_policy
@given(log=logs)
def test_a_later_decision_depends_on_the_logged_values_not_on_who_logged_first(
    make_plan: MakePlan, policy: dict[str, Any], log: list[tuple[int, float]]
) -> None:
    one_by_one = sorted(log, key=lambda entry: entry[0])
    states = [policy_of(make_plan(policy=policy)) for _ in range(2)]
    for state, entries in zip(states, (log, one_by_one), strict=True):
        list(decisions(state, entries))
    for _ in range(4):
        one, other = (state.observe(9, 0.5) for state in states)
        assert one is not None
        assert other is not None
        assert (one.threshold, one.cancel) == (other.threshold, other.cancel)


@every_policy
@given(
    every=st.integers(0, 5),
    delay=st.integers(0, 12),
)
def test_it_is_applied_at_multiples_of_the_interval_from_the_delay_on(
    make_plan: MakePlan, policy: dict[str, Any], every: int, delay: int
) -> None:
    state = policy_of(make_plan(policy={**policy, "evaluationInterval": every, "delayEvaluation": delay}))
    applied = [interval for interval in range(1, 25) if state.observe(0, 1.0) is not None]
    assert applied == [n for n in range(1, 25) if n % max(every, 1) == 0 and n >= delay]


@every_policy
def test_what_is_no_finite_number_is_an_interval_but_no_value(make_plan: MakePlan, policy: dict[str, Any]) -> None:
    state = policy_of(make_plan(policy=policy))
    for value in (0.5, 0.5):
        state.observe(0, value)
    assert state.observe(1, math.nan) is None
    assert state.observe(1, math.inf) is None
    decision = state.observe(1, 0.5)
    assert decision is not None
    assert (decision.interval, decision.value) == (3, 0.5)


def test_without_a_policy_nothing_is_decided(make_plan: MakePlan) -> None:
    state = policy_of(make_plan())
    assert isinstance(state, NoTermination)
    assert state.observe(0, 1.0) is None


@pytest.mark.parametrize(("setting", "threshold"), [("factor", 0.5), ("amount", 0.9)])
def test_of_two_slacks_a_setting_says_which_counts(make_plan: MakePlan, setting: Any, threshold: float) -> None:
    plan = make_plan(
        policy={"policyType": "Bandit", "slackFactor": 1, "slackAmount": 0.1},
        settings=EngineSettings(bandit_both_slacks=setting),
    )
    state = policy_of(plan)
    state.observe(0, 1.0)
    decision = state.observe(1, 0.7)
    assert decision is not None
    assert decision.threshold == threshold
    assert plan.objective.goal is Goal.MAXIMIZE
