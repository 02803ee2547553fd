from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.plan import SweepPlan
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.base import Observation, Sampler
from emulator.engine.sampling.coordinates import axes_of, coordinates_of, point_at
from emulator.engine.search_space import SearchSpace
from emulator.engine.values import Point

MakePlan = Callable[..., SweepPlan]

PLANE = {"x": ["uniform", [-5, 5]], "y": ["uniform", [-5, 5]]}
_INNER = ["choice", [[{"c": ["quniform", [1, 9, 2]]}, 4]]]
EVERY_KIND = {
    "x": ["uniform", [0.1, 0.7]],
    "q": ["quniform", [0.1, 0.9, 0.1]],
    "m": [
        "choice",
        [[{"a": ["uniform", [1, 2]], "b": ["choice", [[{"c": ["quniform", [1, 9, 2]]}, 4]]]}, {"a": 3}, "no"]],
    ],
    "one": ["choice", [["only"]]],
}


def _bowl(point: Point) -> float:
    return (point["x"] - 1) ** 2 + (point["y"] + 2) ** 2  # type: ignore[operator, return-value]


def _best_after(plan: SweepPlan, count: int) -> float:
    sampler, history = sampler_of(plan), list[Observation]()
    for index in range(count):
        point = sampler.suggest(index, history)
        history.append(Observation(point, _bowl(point), ended=True))
    return min(observation.value or 0.0 for observation in history)


def test_it_finds_the_bottom_of_a_bowl_far_better_than_random_sampling(make_plan: MakePlan) -> None:
    found = {
        algorithm: statistics.median(
            _best_after(make_plan(PLANE, algorithm=algorithm, goal="minimize", seed=seed), 25) for seed in range(3)
        )
        for algorithm in ("Bayesian", "Random")
    }
    assert found["Bayesian"] < found["Random"] / 4


def test_the_first_ten_trials_are_those_of_random_sampling(make_plan: MakePlan) -> None:
    bayesian, random = (sampler_of(make_plan(PLANE, algorithm=algorithm)) for algorithm in ("Bayesian", "Random"))
    points = [random.suggest(index, []) for index in range(11)]
    history = [Observation(point, _bowl(point), ended=True) for point in points]
    assert [bayesian.suggest(index, history[:index]) for index in range(10)] == points[:10]
    assert bayesian.suggest(10, history[:10]) != points[10]


def test_without_any_value_it_goes_on_at_random(make_plan: MakePlan) -> None:
    sampler = sampler_of(make_plan({"a": ["choice", [list(range(40))]]}, algorithm="Bayesian"))
    history: list[Observation] = []
    for index in range(40):
        history.append(Observation(sampler.suggest(index, history), None, ended=index % 2 == 0))
    assert len({repr(observation.point) for observation in history}) == 40


def test_the_order_in_which_trials_ended_does_not_matter(make_plan: MakePlan) -> None:
    plan = make_plan(PLANE, algorithm="Bayesian")
    random = sampler_of(make_plan(PLANE))
    ended = [Observation(p, _bowl(p), ended=True) for p in (random.suggest(index, []) for index in range(14))]

    def after(order: list[int]) -> Point:
        sampler: Sampler = sampler_of(plan)
        history = [Observation(observation.point) for observation in ended]
        for index in order:
            history[index] = ended[index]
            sampler.suggest(14, history)
        return sampler.suggest(14, history)

    assert after(list(range(14))) == after(list(reversed(range(14))))


def test_a_value_that_arrives_late_counts(make_plan: MakePlan) -> None:
    plan = make_plan(PLANE, algorithm="Bayesian", goal="minimize")
    random = sampler_of(make_plan(PLANE))
    history = [Observation(random.suggest(index, []), float(20 - index), ended=True) for index in range(12)]
    sampler = sampler_of(plan)
    history.append(Observation(sampler.suggest(12, history)))
    history[3] = Observation(history[3].point, -100.0, ended=True)
    assert sampler.suggest(13, history) == sampler_of(plan).suggest(13, history)


def test_other_distributions_are_refused(make_plan: MakePlan) -> None:
    with pytest.raises(ValueError, match="lr: Bayesian sampling supports choice, uniform and quniform only"):
        sampler_of(make_plan({"lr": ["loguniform", [-3, 0]]}, algorithm="Bayesian"))


@given(st.data())
def test_a_point_comes_back_from_its_coordinates_to_the_bit(make_plan: MakePlan, data: st.DataObject) -> None:
    space: SearchSpace = make_plan(EVERY_KIND).space
    row = data.draw(st.lists(st.floats(0, 1, exclude_max=True), min_size=space.width, max_size=space.width))
    point = space.point(row)
    coordinates = coordinates_of(space, point)
    assert coordinates.keys() == axes_of(space).keys()
    assert point_at(space, coordinates) == point
    assert coordinates_of(space, point_at(space, coordinates)) == coordinates


@pytest.mark.parametrize(
    ("wire", "points"),
    [
        ({"m": ["choice", [[{"a": 1}, {"a": True}, {"a": 1.0}]]]}, 3),
        ({"x": ["quniform", [0, 10, 1]], "m": ["choice", [[{"x": 500}, {"x": 600}, {"b": 1}]]]}, 13),
    ],
    ids=["options equal to Python only", "a nested parameter out of the range of the one it overrides"],
)
def test_a_conditional_space_is_exhausted_point_by_point(
    make_plan: MakePlan, wire: dict[str, object], points: int
) -> None:
    sampler, history = sampler_of(make_plan(wire, algorithm="Bayesian")), list[Observation]()
    for index in range(points):
        history.append(Observation(sampler.suggest(index, history), float(index), ended=True))
    assert sampler.limit == len({repr(observation.point) for observation in history}) == points
