from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from emulator.engine.objective import Goal
from emulator.engine.plan import SweepPlan
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import Real, coordinates_of, point_at
from emulator.engine.sampling.observed import Observed, Table
from emulator.engine.sampling.optimiser import Problem

MakePlan = Callable[..., SweepPlan]


def _table(make_plan: MakePlan, goal: Goal) -> Table:
    space = make_plan({"x": ["uniform", [0, 9]]}).space
    axes = {"x": Real(0, 9)}
    return Table(Problem(axes, {}, lambda p: coordinates_of(space, p), lambda c: point_at(space, c), 1, goal))


def _ended(x: float, value: float | None) -> Observation:
    return Observation({"x": x}, value, ended=True)


def test_equal_coordinates_are_one_row_with_the_mean_of_their_values(make_plan: MakePlan) -> None:
    found = _table(make_plan, Goal.MINIMIZE).observed([_ended(1.0, 2.0), _ended(3.0, 5.0), _ended(1.0, 4.0)])
    assert found.rows.tolist() == [[1.0], [3.0]]
    assert found.values.tolist() == [3.0, 5.0]


def test_what_is_maximized_changes_its_sign(make_plan: MakePlan) -> None:
    assert _table(make_plan, Goal.MAXIMIZE).observed([_ended(1.0, 2.0)]).values.tolist() == [-2.0]


def test_trials_without_a_finite_value_are_left_out_and_those_that_run_are_pending(make_plan: MakePlan) -> None:
    lost = [_ended(1.0, None), _ended(2.0, math.nan), _ended(3.0, math.inf)]
    running = [Observation({"x": 4.0}), Observation({"x": 5.0}, 0.1), Observation({"x": 6.0})]
    found = _table(make_plan, Goal.MINIMIZE).observed([*lost, *running, _ended(6.0, 1.0)])
    assert found.rows.tolist() == [[6.0]]
    assert found.pending.tolist() == [[4.0], [5.0]]


def test_a_value_that_arrives_late_counts(make_plan: MakePlan) -> None:
    table = _table(make_plan, Goal.MINIMIZE)
    history = [Observation({"x": 4.0}), _ended(5.0, 1.0)]
    assert len(table.observed(history).rows) == 1
    history[0] = _ended(4.0, 2.0)
    assert table.observed(history).values.tolist() == [2.0, 1.0]


def test_of_many_the_best_and_the_newest_are_kept_in_their_order() -> None:
    numbers = np.arange(10.0)[:, None]
    found = Observed(numbers, np.array([9, 8, 0, 1, 7, 6, 5, 2, 99, 98.0]), numbers).best_and_newest(6)
    assert found.rows.ravel().tolist() == [2, 3, 6, 7, 8, 9]
    assert found.values.tolist() == [0, 1, 5, 2, 99, 98]
    assert found.pending.ravel().tolist() == [4, 5, 6, 7, 8, 9]
