from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.engine.plan import SweepPlan
from emulator.engine.sampling import sampler_of

MakePlan = Callable[..., SweepPlan]


def test_grid_goes_through_the_product_with_the_last_parameter_fastest(make_plan: MakePlan) -> None:
    sampler = sampler_of(
        make_plan({"lr": ["choice", [[0.1, 0.01]]], "act": ["choice", [["relu", "tanh"]]]}, algorithm="Grid")
    )
    assert [sampler.suggest(index, []) for index in range(sampler.limit or 0)] == [
        {"lr": 0.1, "act": "relu"},
        {"lr": 0.1, "act": "tanh"},
        {"lr": 0.01, "act": "relu"},
        {"lr": 0.01, "act": "tanh"},
    ]


def test_grid_refuses_an_endless_space(make_plan: MakePlan) -> None:
    with pytest.raises(ValueError, match="finite search space"):
        sampler_of(make_plan({"lr": ["uniform", [0, 1]]}, algorithm="Grid"))
