from __future__ import annotations

import statistics
from random import Random

import pytest

from emulator.engine.objective import Goal
from emulator.engine.termination.median_stopping import MedianStopping


def test_the_rule_of_the_docs_at_interval_five() -> None:
    """evaluation_interval 1, delay_evaluation 5: a trial stops at interval 5 when its best value is worse than the
    median of the running averages over intervals 1 to 5 across the trials."""
    policy = MedianStopping(Goal.MAXIMIZE, evaluation_interval=1, delay_evaluation=5)
    curves = {0: [0.1, 0.3, 0.5, 0.7, 0.9], 1: [0.5] * 5, 2: [0.6, 0.7, 0.8, 0.9, 1.0], 3: [0.1, 0.2, 0.3, 0.4, 0.49]}
    decisions = {trial: [policy.observe(trial, value) for value in curve] for trial, curve in curves.items()}
    assert all(decision is None for line in decisions.values() for decision in line[:4])
    last = [line[4] for line in decisions.values()]
    # averages 0.5, 0.5, 0.8, 0.298; medians as they come: 0.5, 0.5, 0.5, 0.5
    assert [round(decision.threshold or 0, 12) for decision in last if decision] == [0.5, 0.5, 0.5, 0.5]
    assert [decision.value for decision in last if decision] == [0.9, 0.5, 1.0, 0.49]
    assert [decision.cancel for decision in last if decision] == [False, False, False, True]


@pytest.mark.parametrize("includes_itself", [True, False])
@pytest.mark.parametrize("goal", list(Goal))
def test_the_threshold_is_the_median_of_the_running_averages(goal: Goal, includes_itself: bool) -> None:
    random = Random(4)
    policy = MedianStopping(goal, evaluation_interval=2, includes_itself=includes_itself)
    curves = [[random.gauss(0, 1) for _ in range(8)] for _ in range(12)]
    for trial, curve in enumerate(curves):
        for interval, value in enumerate(curve, 1):
            decision = policy.observe(trial, value)
            others = curves[: trial + 1] if includes_itself else curves[:trial]
            if interval % 2 or decision is None:
                assert decision is None
                continue
            averages = [statistics.fmean(other[:interval]) for other in others]
            best = goal.best(max(curve[:interval]), min(curve[:interval]))
            assert decision.value == best
            assert decision.population == len(averages)
            if averages:
                assert decision.threshold == pytest.approx(statistics.median(averages))
                assert decision.cancel is goal.better(decision.threshold or 0, best)
            else:
                assert not decision.cancel


def test_a_trial_as_good_as_the_median_stays() -> None:
    policy = MedianStopping(Goal.MINIMIZE)
    decisions = [policy.observe(trial, 0.25) for trial in range(5)]
    assert not any(decision.cancel for decision in decisions if decision)
