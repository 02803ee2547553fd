from __future__ import annotations

import pytest

from emulator.engine.objective import Goal
from emulator.engine.termination.truncation_selection import TruncationSelection


def test_the_example_of_the_docs_cuts_the_lowest_fifth_from_interval_five_on() -> None:
    """evaluation_interval 1, truncation_percentage 20, delay_evaluation 5."""
    policy = TruncationSelection(Goal.MAXIMIZE, truncation_percentage=20, evaluation_interval=1, delay_evaluation=5)
    verdicts = {}
    for trial, level in enumerate([0.5, 0.6, 0.7, 0.8, 0.4, 0.9, 0.45, 0.3, 0.35, 0.2]):
        early = [policy.observe(trial, level / 10) for _ in range(4)]
        assert early == [None] * 4
        verdicts[trial] = policy.observe(trial, level)
    canceled = [trial for trial, decision in verdicts.items() if decision and decision.cancel]
    # fewer than five trials: floor(n / 5) = 0 are the lowest; five to nine: one; ten: two
    assert canceled == [4, 7, 9]
    assert [verdicts[trial].threshold for trial in (3, 4, 7, 8, 9)] == [None, 0.5, 0.4, 0.35, 0.35]  # type: ignore[union-attr]


def test_minimising_the_highest_are_cut() -> None:
    policy = TruncationSelection(Goal.MINIMIZE, truncation_percentage=50)
    verdicts = [policy.observe(trial, value) for trial, value in enumerate([1.0, 2.0, 0.5])]
    assert [decision.cancel for decision in verdicts if decision] == [False, True, False]


def test_trials_compare_by_their_best_value_up_to_the_interval() -> None:
    policy = TruncationSelection(Goal.MAXIMIZE, truncation_percentage=50)
    for value in (0.9, 0.1):
        policy.observe(0, value)
    policy.observe(1, 0.8)
    decision = policy.observe(1, 0.85)
    assert decision is not None
    assert (decision.threshold, decision.cancel) == (0.9, True)


@pytest.mark.parametrize("percentage", [1, 50, 99])
def test_equals_stay_together_and_a_single_trial_is_never_cut(percentage: int) -> None:
    policy = TruncationSelection(Goal.MAXIMIZE, truncation_percentage=percentage)
    assert not any(decision.cancel for trial in range(200) if (decision := policy.observe(trial, 0.5)))


def test_ended_trials_can_be_left_out() -> None:
    policy = TruncationSelection(Goal.MAXIMIZE, truncation_percentage=50, excludes_ended=True)
    policy.observe(0, 0.9)
    policy.observe(1, 0.8)
    policy.ended(0)
    decision = policy.observe(2, 0.85)
    assert decision is not None
    assert (decision.population, decision.cancel) == (2, False)


def test_what_a_trial_logs_after_its_end_is_left_out_too() -> None:
    policy = TruncationSelection(Goal.MAXIMIZE, truncation_percentage=50, excludes_ended=True)
    policy.observe(0, 0.9)
    policy.ended(0)
    policy.observe(0, 0.9)
    for interval in (1, 2):
        decision = policy.observe(1, 0.8)
        assert decision is not None
        assert (decision.interval, decision.population, decision.cancel) == (interval, 1, False)
