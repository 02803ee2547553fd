"""What the parameters of a sweep did to its objective."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from emulator.services.context import Emulator
from emulator.studio.answers import tagged
from emulator.studio.charts.axis import axis_of, logarithmic_of
from emulator.studio.charts.contour import contour
from emulator.studio.charts.importance import importance
from tests.emulator.studio import states


@pytest.fixture
def figures(emulator: Emulator, get: Callable[..., httpx.Response], url_of: Callable[..., str]) -> Callable[..., Any]:
    """The figures of the parameters of a sweep of some trials."""

    def ask(trials: int = 24, more: str = "", part: str = "parameters") -> Any:
        states.write(emulator.store, states.sweep, "calm_fox", 1000.0, trials=trials, policy=False)
        url = url_of("calm_fox", more).replace("/runs/calm_fox", f"/_amlet/studio/jobs/calm_fox/{part}")
        return get(url).json()

    return ask


@pytest.mark.parametrize("goal", ["minimize", "Maximize"])
def test_the_parameter_that_decides_is_the_most_important_one(goal: str) -> None:
    dice = random.Random(1)
    sign = 1 if goal == "minimize" else -1
    parameters: dict[str, list[Any]] = {
        "idle": [dice.random() for _ in range(60)],
        "lr": [10 ** dice.uniform(-5, -1) for _ in range(60)],
        "kind": [dice.choice(["a", "b"]) for _ in range(60)],
    }
    objective = [sign * abs(lr - 0.001) for lr in parameters["lr"]]
    shares = importance(goal, objective, parameters, {"lr": True})
    assert next(iter(shares)) == "lr"
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) == {"idle", "lr", "kind"}


def test_few_trials_tell_nothing_of_importance() -> None:
    assert importance("minimize", [float(n) for n in range(9)] + [None], {"x": list(range(10))}, {}) == {}


def test_a_parameter_with_one_value_or_not_in_every_trial_has_no_importance() -> None:
    numbers = [float(n) for n in range(20)]
    parameters: dict[str, list[Any]] = {"x": numbers, "same": [1] * 20, "some": [None, *numbers[1:]]}
    assert set(importance("minimize", numbers, parameters, {})) == {"x"}


def test_the_distributions_tell_which_axes_are_logarithmic() -> None:
    space = {
        "lr": ["loguniform", [-6, -1]],
        "drop": ["uniform", [0, 1]],
        "n": ["choice", [[1, 2]]],
        "model": [
            "choice",
            [[{"kind": "svm", "c": ["qlognormal", [0, 1, 1]]}, {"kind": "knn", "k": ["randint", [9]]}]],
        ],
    }
    assert logarithmic_of(space) == {"lr": True, "drop": False, "c": True, "k": False}


def test_every_parameter_has_a_slice_on_the_scale_of_its_distribution(figures: Any) -> None:
    found = figures()
    assert set(found["slices"]) == {"lr", "batch_size", "dropout", "optimizer"}
    assert found["slices"]["lr"]["layout"]["xaxis"]["type"] == "log"


def test_the_contour_shows_the_two_parameters_that_were_asked_for(figures: Any) -> None:
    found = figures(more="&x=dropout&y=lr")
    assert (found["x"], found["y"]) == ("dropout", "lr")
    assert found["contour"]["layout"]["yaxis"]["type"] == "log"
    assert "optimizer" not in found["columns"]


def test_too_few_trials_are_said(figures: Any) -> None:
    assert figures(trials=6, part="importance")["figure"] is None


def test_the_importance_of_a_sweep_has_a_bar_for_each_parameter(figures: Any) -> None:
    (bars,) = figures(part="importance")["figure"]["data"]
    assert set(bars["y"]) == {"lr", "batch_size", "dropout", "optimizer"}
    assert bars["x"] == sorted(bars["x"])


def test_what_takes_long_is_made_once_for_every_state_of_the_trials() -> None:
    made: list[int] = []
    kept: dict[str, bytes] = {}

    def answer(tag: object) -> bytes:
        request = Request({"type": "http", "headers": []})
        return bytes(tagged(request, tag, lambda: made.append(1) or {"n": len(made)}, kept).body)

    assert [answer(1), answer(1), answer(2), answer(1)] == [b'{"n":1}', b'{"n":1}', b'{"n":2}', b'{"n":1}']
    for tag in range(3, 11):
        answer(tag)
    assert answer(1) == b'{"n":11}'


def test_a_contour_follows_the_trials_and_leaves_out_where_there_are_none() -> None:
    points = [(0, 0.0, 0.0, 1.0), (1, 1.0, 1.0, 5.0)]
    x, y = (axis_of(name, [0.0, 1.0]) for name in "xy")
    levels = contour(x, y, "loss", points, minimizes=True)["data"][0]["z"]
    assert levels[0][0] == pytest.approx(1.0)
    assert levels[-1][-1] == pytest.approx(5.0)
    assert levels[0][-1] is None
