"""Plans for the engine's tests, from the body a client would send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.arm.jobs import SweepJob
from emulator.engine.plan import SweepPlan, plan_of
from emulator.engine.settings import EngineSettings

SPACE = {"lr": ["loguniform", [-6, -1]], "units": ["quniform", [16, 128, 16]], "act": ["choice", [["relu", "tanh"]]]}


@pytest.fixture(scope="session")
def make_plan() -> Callable[..., SweepPlan]:
    """A plan from wire values: `make_plan(space={...}, algorithm={...}, policy={...}, maxTotalTrials=8)`."""

    def make(
        space: dict[str, Any] = SPACE,
        *,
        algorithm: dict[str, Any] | str = "Random",
        policy: dict[str, Any] | None = None,
        goal: str = "maximize",
        seed: int = 7,
        settings: EngineSettings | None = None,
        **limits: Any,
    ) -> SweepPlan:
        kind = {"samplingAlgorithmType": algorithm} if isinstance(algorithm, str) else algorithm
        body = {
            "searchSpace": space,
            "samplingAlgorithm": kind,
            "objective": {"goal": goal, "primaryMetric": "accuracy"},
            "trial": {"command": "python train.py", "environmentId": "env"},
            "limits": {"jobLimitsType": "Sweep", **limits} if limits else None,
            "earlyTermination": policy,
        }
        return plan_of(SweepJob.model_validate(body), name="job", default_seed=seed, settings=settings)

    return make
