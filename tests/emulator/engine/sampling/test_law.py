"""What holds for every sampling algorithm."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.engine.plan import SweepPlan
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.base import Observation
from emulator.engine.values import Point

MakePlan = Callable[..., SweepPlan]

CHOICES = {"a": ["choice", [[1, 2, 3]]], "b": ["choice", [["x", "y"]]], "c": ["choice", [[0.5, True, None]]]}
MIXED = {"lr": ["uniform", [0, 1]], "units": ["quniform", [8, 64, 8]], "act": ["choice", [["relu", "tanh"]]]}
CONDITIONAL = {
    "model": [
        "choice",
        [[{"kind": "svm", "c": ["uniform", [1, 2]]}, {"kind": "tree", "depth": ["quniform", [1, 9, 2]]}]],
    ],
    "seed": ["choice", [[1, 2, 3]]],
}
SOBOL = {"samplingAlgorithmType": "Random", "rule": "Sobol"}
ALGORITHMS: list[Any] = ["Random", SOBOL, "Bayesian"]


def run(plan: SweepPlan, count: int, *, late: int = 0, fresh: bool = False) -> list[Point]:
    """The points of the first trials, each ending `late` draws after it was drawn."""
    sampler = sampler_of(plan)
    points: list[Point] = []
    for index in range(count):
        if fresh:
            sampler = sampler_of(plan)
        history = [
            Observation(p, len(repr(p)) % 7 + float(i % 5), ended=True) if i < index - late else Observation(p)
            for i, p in enumerate(points)
        ]
        points.append(sampler.suggest(index, history))
    return points


@pytest.mark.parametrize("space", [CHOICES, MIXED, CONDITIONAL], ids=["choices", "mixed", "conditional"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=["random", "sobol", "bayesian"])
@pytest.mark.parametrize("late", [0, 3])
def test_a_new_sampler_with_the_same_history_suggests_the_same(
    make_plan: MakePlan, space: dict[str, Any], algorithm: Any, late: int
) -> None:
    plan = make_plan(space, algorithm=algorithm)
    assert run(plan, 16, late=late) == run(plan, 16, late=late, fresh=True)


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "Grid"], ids=["random", "sobol", "bayesian", "grid"])
def test_a_finite_space_is_drawn_without_repetition_until_it_is_exhausted(make_plan: MakePlan, algorithm: Any) -> None:
    plan = make_plan(CHOICES, algorithm=algorithm)
    assert sampler_of(plan).limit == 18
    points = run(plan, 18)
    assert len({repr(point) for point in points}) == 18


@pytest.mark.parametrize("algorithm", ["Random", SOBOL], ids=["random", "sobol"])
@given(seed=st.integers(-(2**70), 2**70), first=st.integers(0, 600), second=st.integers(0, 600))
@settings(max_examples=30)
def test_any_trial_can_be_asked_for_in_any_order(
    make_plan: MakePlan, algorithm: Any, seed: int, first: int, second: int
) -> None:
    plan = make_plan(MIXED, algorithm=algorithm, seed=seed)
    sampler = sampler_of(plan)
    in_order = [sampler.suggest(index, []) for index in (first, second)]
    sampler = sampler_of(plan)
    reversed_order = [sampler.suggest(index, []) for index in (second, first)]
    assert in_order == reversed_order[::-1]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=["random", "sobol", "bayesian"])
def test_another_seed_gives_other_points(make_plan: MakePlan, algorithm: Any) -> None:
    one, other = (run(make_plan(MIXED, algorithm=algorithm, seed=seed), 12) for seed in (1, 2))
    assert all(a != b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "Grid"], ids=["random", "sobol", "bayesian", "grid"])
def test_only_what_learns_looks_at_the_history(make_plan: MakePlan, algorithm: Any) -> None:
    plan = make_plan(CHOICES if algorithm == "Grid" else MIXED, algorithm=algorithm)
    points = run(plan, 14)
    rising = [Observation(point, float(i), ended=True) for i, point in enumerate(points)]
    falling = [Observation(point, float(-i), ended=True) for i, point in enumerate(points)]
    sampler = sampler_of(plan)
    same = sampler.suggest(14, rising) == sampler.suggest(14, falling)
    assert same is not sampler.learns


def test_no_sampler_lets_a_warning_through(make_plan: MakePlan) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for algorithm in ALGORITHMS:
            run(make_plan(MIXED, algorithm=algorithm), 12)
