from __future__ import annotations

import math

import pytest

from emulator.engine.objective import Goal
from emulator.engine.termination.bandit import Bandit


def test_the_worked_example_of_the_docs_to_the_digit() -> None:
    """Interval 10, best 0.8, slack_factor 0.2: a trial below 0.8 / (1 + 0.2) = 0.66 is canceled."""
    policy = Bandit(Goal.MAXIMIZE, slack_factor=0.2, evaluation_interval=10)
    curves = {0: 0.8, 1: 0.67, 2: 0.66}
    for trial, best in curves.items():
        assert [policy.observe(trial, best / 2) for _ in range(9)] == [None] * 9
        decision = policy.observe(trial, best)
        assert decision is not None
        if trial:
            assert decision.threshold == 0.8 / 1.2
            assert math.floor(decision.threshold * 100) / 100 == 0.66
            assert (decision.interval, decision.leader, decision.reference) == (10, 0, 0.8)
        assert decision.cancel is (trial == 2)


def test_a_slack_factor_of_a_tenth_keeps_what_reaches_91_percent_of_the_best() -> None:
    policy = Bandit(Goal.MAXIMIZE, slack_factor=0.1)
    assert policy.threshold(1.0) == pytest.approx(0.909, abs=0.0005)


def test_an_amount_is_subtracted_from_the_best() -> None:
    policy = Bandit(Goal.MAXIMIZE, slack_amount=0.2)
    policy.observe(0, 0.8)
    assert [policy.observe(trial, value).cancel for trial, value in ((1, 0.61), (2, 0.59))] == [False, True]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("slack", "best", "threshold"),
    [
        ({"slack_factor": 0.5}, 2.0, 3.0),
        ({"slack_amount": 0.5}, 2.0, 2.5),
        ({"slack_factor": 0.25}, -1.0, -0.8),
        ({"slack_factor": 0.25, "literal": True}, -1.0, -1.25),
    ],
)
def test_minimising(slack: dict[str, float], best: float, threshold: float) -> None:
    assert Bandit(Goal.MINIMIZE, **slack).threshold(best) == threshold  # type: ignore[arg-type]


@pytest.mark.parametrize(("literal", "threshold"), [(False, -1.25), (True, -0.8)])
def test_maximising_a_negative_metric(literal: bool, threshold: float) -> None:
    assert Bandit(Goal.MAXIMIZE, slack_factor=0.25, literal=literal).threshold(-1.0) == threshold


def test_the_best_value_so_far_counts_not_the_last() -> None:
    policy = Bandit(Goal.MAXIMIZE, slack_amount=0.1)
    for value in (0.5, 0.9, 0.2):
        policy.observe(0, value)
    policy.observe(1, 0.85)
    policy.observe(1, 0.1)
    decision = policy.observe(1, 0.1)
    assert decision is not None
    assert (decision.value, decision.reference, decision.cancel) == (0.85, 0.9, False)


def test_trials_are_compared_at_the_same_interval() -> None:
    policy = Bandit(Goal.MAXIMIZE, slack_amount=0.1)
    for value in (0.1, 0.2, 0.9):
        policy.observe(0, value)
    decision = policy.observe(1, 0.1)
    assert decision is not None
    assert (decision.reference, decision.cancel) == (0.1, False)


def test_the_first_trial_to_reach_an_interval_has_nobody_to_be_compared_with() -> None:
    decision = Bandit(Goal.MAXIMIZE, slack_amount=0.1).observe(0, -5)
    assert decision is not None
    assert (decision.threshold, decision.population, decision.cancel) == (None, 0, False)


@pytest.mark.parametrize("slack", [{}, {"slack_factor": 0, "slack_amount": 0}])
def test_without_a_slack_it_never_cancels(slack: dict[str, float]) -> None:
    policy = Bandit(Goal.MAXIMIZE, **slack)  # type: ignore[arg-type]
    policy.observe(0, 1.0)
    decision = policy.observe(1, -1e9)
    assert decision is not None
    assert not decision.cancel
