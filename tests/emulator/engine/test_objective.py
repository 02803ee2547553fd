from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.objective import BestTrial, Goal


@pytest.mark.parametrize("goal", list(Goal))
@given(values=st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), min_size=1))
def test_the_best_trial_does_not_depend_on_the_order_of_the_values(goal: Goal, values: list[tuple[int, int]]) -> None:
    best = BestTrial(goal)
    for index, value in values:
        best.offer(index, value)
    assert best.found == min(values, key=lambda entry: (-goal.sign * entry[1], entry[0]))


def test_only_an_improvement_is_news() -> None:
    best = BestTrial(Goal.MINIMIZE)
    assert [best.offer(*entry) for entry in ((3, 1.0), (3, 1.0), (4, 1.0), (4, 2.0), (1, 1.0), (4, 0.5))] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]
