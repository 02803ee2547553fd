from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from emulator.engine.plan import SweepPlan
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.random import PseudoRandomRows
from emulator.engine.settings import EngineSettings

MakePlan = Callable[..., SweepPlan]


@pytest.mark.parametrize("width", [1, 3, 4, 10])
def test_rows_are_uniform_and_independent(width: int) -> None:
    rows = PseudoRandomRows(width, 11)
    table = np.array([rows.row(number) for number in range(3000)])
    assert table.shape == (3000, width)
    for column in table.T:
        assert stats.kstest(column, "uniform").pvalue > 0.001
    correlation = np.corrcoef(np.column_stack([table[:-1], table[1:]]).T) - np.eye(2 * width)
    assert abs(correlation).max() < 5 / math.sqrt(3000)


def test_the_rows_of_a_seed_never_change_between_releases() -> None:
    assert PseudoRandomRows(2, 42).row(0) == [0.08607763073528474, 0.14155732377913233]
    assert PseudoRandomRows(2, 42).row(1000) == [0.07234852061279418, 0.10459524242820573]


def test_a_far_row_costs_no_more_than_a_near_one() -> None:
    assert PseudoRandomRows(3, 1).row(10**12) != PseudoRandomRows(3, 1).row(10**12 + 1)


def test_every_first_point_of_a_finite_space_is_equally_likely(make_plan: MakePlan) -> None:
    space = {"a": ["choice", [[1, 2, 3]]], "b": ["choice", [[4, 5]]]}
    firsts = Counter(repr(sampler_of(make_plan(space, seed=seed)).suggest(0, [])) for seed in range(600))
    lasts = Counter(repr(sampler_of(make_plan(space, seed=seed)).suggest(5, [])) for seed in range(600))
    for counts in (firsts, lasts):
        assert len(counts) == 6
        assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_repetition_can_be_allowed(make_plan: MakePlan) -> None:
    plan = make_plan({"a": ["choice", [[1, 2]]]}, settings=EngineSettings(repeat_points=True))
    sampler = sampler_of(plan)
    assert sampler.limit is None
    assert Counter(sampler.suggest(index, [])["a"] for index in range(50)).keys() == {1, 2}


def test_a_very_uneven_space_is_drawn_from_without_repetition(make_plan: MakePlan) -> None:
    sampler = sampler_of(make_plan({"a": ["qloguniform", [-10, 20, 1]]}))
    assert sampler.limit is not None
    assert sampler.limit > 10**8
    assert len({repr(sampler.suggest(index, [])) for index in range(300)}) == 300


def test_points_hidden_by_nested_names_do_not_stop_the_sampler(make_plan: MakePlan) -> None:
    space = {"lr": ["randint", [200_000]], "opt": ["choice", [[{"lr": 9}]]]}
    sampler = sampler_of(make_plan(space))
    assert [sampler.suggest(index, [])["lr"] for index in range(3)] == [9, 9, 9]


@pytest.mark.parametrize("seed", range(5))
def test_a_larger_space_is_exhausted_without_repetition(make_plan: MakePlan, seed: int) -> None:
    sampler = sampler_of(make_plan({"a": ["randint", [40]], "b": ["quniform", [1, 9, 2]]}, seed=seed))
    assert sampler.limit == 40 * 4  # 2, 4, 6 and 8: the bounds lie half-way between two multiples
    assert len({repr(sampler.suggest(index, [])) for index in range(160)}) == 160


def test_beyond_the_last_point_there_is_nothing(make_plan: MakePlan) -> None:
    with pytest.raises(IndexError, match="2 points"):
        sampler_of(make_plan({"a": ["choice", [[1, 2]]]})).suggest(2, [])
