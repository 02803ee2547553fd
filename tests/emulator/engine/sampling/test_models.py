"""What holds for the models of Bayesian sampling that are Gaussian processes."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from emulator.engine.actions import WriteLog
from emulator.engine.plan import SweepPlan
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.base import Observation
from emulator.engine.settings import EngineSettings
from emulator.engine.sweep import Sweep
from emulator.engine.values import Point

MakePlan = Callable[..., SweepPlan]


@pytest.fixture(scope="module", params=["gp", "egobox"])
def model(request: pytest.FixtureRequest) -> EngineSettings:
    """Settings with each of the models."""
    return EngineSettings(bayesian_optimiser=request.param)


PLANE = {"x": ["uniform", [-5, 5]], "y": ["uniform", [-5, 5]]}
MIXED = {
    "x": ["uniform", [0, 1]],
    "q": ["quniform", [16, 128, 16]],
    "c": ["choice", [["a", "b", {"deep": 3}]]],
}
GRID = {"a": ["choice", [list(range(8))]], "b": ["quniform", [1, 8, 1]]}


def _bowl(point: Point) -> float:
    return (point["x"] - 1) ** 2 + (point["y"] + 2) ** 2  # type: ignore[operator, return-value]


def _played(plan: SweepPlan, count: int, value: Callable[[Point], float | None]) -> list[Observation]:
    sampler, history = sampler_of(plan), list[Observation]()
    for index in range(count):
        point = sampler.suggest(index, history)
        history.append(Observation(point, value(point), ended=True))
    return history


def test_it_finds_the_bottom_of_a_bowl_far_better_than_the_parzen_estimator(
    make_plan: MakePlan, model: EngineSettings
) -> None:
    def best(chosen: EngineSettings, seed: int) -> float:
        plan = make_plan(PLANE, algorithm="Bayesian", goal="minimize", seed=seed, settings=chosen)
        return min(one.value or 0.0 for one in _played(plan, 20, _bowl))

    parzen = EngineSettings(bayesian_optimiser="tpe")
    found, theirs = (statistics.median(best(chosen, seed) for seed in range(3)) for chosen in (model, parzen))
    assert found < theirs / 10


def test_it_maximizes_too(make_plan: MakePlan, model: EngineSettings) -> None:
    plan = make_plan(PLANE, algorithm="Bayesian", goal="maximize", settings=model)
    assert max(one.value or 0.0 for one in _played(plan, 20, lambda point: -_bowl(point))) > -0.1


def test_a_new_sampler_with_the_same_history_proposes_the_same(make_plan: MakePlan, model: EngineSettings) -> None:
    plan = make_plan(MIXED, algorithm="Bayesian", settings=model)
    history = _played(plan, 14, lambda point: float(point["x"]))  # type: ignore[arg-type]
    assert [sampler_of(plan).suggest(index, history[:index]) for index in range(14)] == [one.point for one in history]


def test_no_point_of_a_finite_space_comes_twice_and_none_is_left_out(
    make_plan: MakePlan, model: EngineSettings
) -> None:
    few = {"a": ["choice", [list(range(6))]], "b": ["quniform", [1, 5, 1]]}
    plan = make_plan(few, algorithm="Bayesian", settings=model)
    history = _played(plan, 30, lambda point: float(point["a"]) - float(point["b"]))  # type: ignore[arg-type]
    assert len({repr(one.point) for one in history}) == 30


def test_of_a_finite_space_the_best_point_is_found_early(make_plan: MakePlan, model: EngineSettings) -> None:
    plan = make_plan(GRID, algorithm="Bayesian", goal="minimize", settings=model)
    history = _played(plan, 20, lambda point: (point["a"] - 6) ** 2 + (point["b"] - 3) ** 2)  # type: ignore[operator]
    assert min(one.value for one in history if one.value is not None) == 0


def test_trials_that_run_keep_the_next_ones_away(make_plan: MakePlan, model: EngineSettings) -> None:
    plan = make_plan(PLANE, algorithm="Bayesian", goal="minimize", settings=model)
    sampler, history = sampler_of(plan), _played(plan, 11, _bowl)
    for index in range(11, 15):
        history.append(Observation(sampler.suggest(index, history)))
    drawn = [(float(one.point["x"]), float(one.point["y"])) for one in history[11:]]  # type: ignore[arg-type]
    assert min(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in drawn for b in drawn if a is not b) > 1e-3


@given(st.lists(st.sampled_from([None, float("nan"), float("inf"), -1e300, 0.0, 1.0, 1e300]), min_size=12, max_size=12))
@settings(max_examples=20)
def test_whatever_was_logged_a_point_of_the_space_is_proposed(
    make_plan: MakePlan, model: EngineSettings, values: list[float | None]
) -> None:
    plan = make_plan(MIXED, algorithm="Bayesian", settings=model)
    sampler, history = sampler_of(plan), list[Observation]()
    for index, value in enumerate([*values, None]):
        point = sampler.suggest(index, history)
        assert 0 <= point["x"] <= 1  # type: ignore[operator]
        assert point["q"] in range(16, 129, 16)
        history.append(Observation(point, value, ended=True))


def test_without_its_package_the_parzen_estimator_proposes_and_the_log_says_so(
    make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.engine.sampling.optimiser.find_spec", lambda name: None)
    plans = [
        make_plan(PLANE, algorithm="Bayesian", settings=chosen)
        for chosen in (EngineSettings(bayesian_optimiser="egobox"), EngineSettings(bayesian_optimiser="tpe"))
    ]
    replaced, parzen = (_played(plan, 12, _bowl) for plan in plans)
    assert replaced == parzen
    lines = [action.text for action in Sweep(plans[0]).start(0.0) if isinstance(action, WriteLog)]
    assert any("pip install 'amlet[egobox]'" in line for line in lines)
    assert len(lines) == len(Sweep(plans[1]).start(0.0)) + 1


def test_a_long_history_is_cut_to_the_best_and_the_newest_trials(make_plan: MakePlan, model: EngineSettings) -> None:
    plan = make_plan(PLANE, algorithm="Bayesian", goal="minimize", settings=model)
    random = sampler_of(make_plan(PLANE))
    history = [Observation(point, _bowl(point), ended=True) for point in (random.suggest(i, []) for i in range(300))]
    point = sampler_of(plan).suggest(300, history)
    assert _bowl(point) < 0.5


def test_a_finite_space_too_large_for_its_list_is_searched_without_repeats(make_plan: MakePlan) -> None:
    digits = {f"d{i}": ["choice", [list(range(5))]] for i in range(6)}
    plan = make_plan(digits, algorithm="Bayesian", goal="minimize")
    history = _played(plan, 40, lambda point: float(sum((int(str(x)) - 2) ** 2 for x in point.values())))
    assert len({repr(one.point) for one in history}) == 40
    assert min(one.value for one in history if one.value is not None) == 0


def test_of_a_nested_space_the_best_option_and_its_parameters_are_found(make_plan: MakePlan) -> None:
    options = [{"a": ["uniform", [0, 1]]}, {"b": ["uniform", [0, 1]], "c": ["quniform", [1, 9, 1]]}, "none"]
    plan = make_plan({"m": ["choice", [options]]}, algorithm="Bayesian", goal="minimize")

    def value(point: Point) -> float:
        if "b" in point:
            return (float(str(point["b"])) - 0.7) ** 2 + (float(str(point["c"])) - 4) ** 2 / 10
        return 0.2 + float(str(point.get("a", 1)))

    assert min(one.value or 0.0 for one in _played(plan, 30, value)) < 0.01


def test_the_threads_of_linear_algebra_do_not_matter(make_plan: MakePlan) -> None:
    plan = make_plan(MIXED, algorithm="Bayesian")
    history = _played(plan, 12, lambda point: float(str(point["x"])))
    with threadpool_limits(2):
        two = sampler_of(plan).suggest(12, history)
    with threadpool_limits(1):
        assert sampler_of(plan).suggest(12, history) == two
