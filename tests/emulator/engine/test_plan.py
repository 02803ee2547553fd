from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from contracts.arm.jobs import SweepJob
from contracts.sampling_algorithms import BAYESIAN, GRID, RANDOM, SamplingAlgorithm
from emulator.engine.objective import Goal
from emulator.engine.plan import SweepPlan, plan_of
from emulator.engine.sampling import sampling_of
from emulator.engine.settings import AZURE_LIKE, EngineSettings
from emulator.engine.sweep import Sweep

MakePlan = Callable[..., SweepPlan]


def test_a_body_without_limits_gets_the_documented_ones(make_plan: MakePlan) -> None:
    plan = make_plan()
    assert (plan.max_total_trials, plan.max_concurrent_trials) == (1000, 1000)
    assert (plan.timeout, plan.trial_timeout) == (60 * 86_400, None)


@pytest.mark.parametrize(
    ("limits", "total", "concurrent"),
    [
        ({"maxTotalTrials": 8}, 8, 8),
        ({"maxTotalTrials": 8, "maxConcurrentTrials": 3}, 8, 3),
        ({"maxTotalTrials": 8, "maxConcurrentTrials": 30}, 8, 8),
        ({"maxConcurrentTrials": 3}, 1000, 3),
    ],
)
def test_concurrency_defaults_to_the_total_and_never_exceeds_it(
    make_plan: MakePlan, limits: dict[str, int], total: int, concurrent: int
) -> None:
    plan = make_plan(**limits)
    assert (plan.max_total_trials, plan.max_concurrent_trials) == (total, concurrent)


@pytest.mark.parametrize(
    ("settings", "timeout"), [(EngineSettings(), 30.0), (AZURE_LIKE, 60 * 86_400.0)], ids=["ours", "azure-like"]
)
def test_timeouts_under_a_minute_are_honoured_or_taken_for_sixty_days(
    make_plan: MakePlan, settings: EngineSettings, timeout: float
) -> None:
    plan = make_plan(settings=settings, timeout="PT30S", trialTimeout="PT30S")
    assert (plan.timeout, plan.trial_timeout) == (timeout, timeout)
    plan = make_plan(settings=settings, timeout="PT1M", trialTimeout="PT2H")
    assert (plan.timeout, plan.trial_timeout) == (60.0, 7200.0)


@pytest.mark.parametrize(
    ("algorithm", "found", "seed"),
    [
        ({"samplingAlgorithmType": "Random"}, RANDOM, 7),
        ({"samplingAlgorithmType": "Random", "seed": 0}, RANDOM, 0),
        ({"samplingAlgorithmType": "Random", "rule": "sobol", "seed": 5}, RANDOM, 5),
        ({"samplingAlgorithmType": "Grid"}, GRID, 7),
        ({"samplingAlgorithmType": "Bayesian"}, BAYESIAN, 7),
    ],
)
def test_algorithm_and_seed(
    make_plan: MakePlan, algorithm: dict[str, Any], found: SamplingAlgorithm, seed: int
) -> None:
    plan = make_plan({"a": ["choice", [[1]]]}, algorithm=algorithm)
    assert (plan.sampling_kind, plan.seed) == (found, seed)


@pytest.mark.parametrize(
    ("rule", "summary"), [(None, "Random:"), ("Random", "Random:"), ("sobol", "Sobol:"), ("Sobol", "Sobol:")]
)
def test_the_rule_of_random_sampling_tells_how_it_draws(rule: str | None, summary: str) -> None:
    assert sampling_of({"samplingAlgorithmType": "Random", "rule": rule}).summary.startswith(summary)


@pytest.mark.parametrize(("logbase", "high"), [(None, math.e), ("e", math.e), ("10", 10.0), (2, 2)])
def test_the_logbase_reaches_the_log_distributions(make_plan: MakePlan, logbase: Any, high: float) -> None:
    plan = make_plan({"a": ["loguniform", [1, 1]]}, algorithm={"samplingAlgorithmType": "Random", "logbase": logbase})
    assert plan.space.point([0.5])["a"] == pytest.approx(high)


@pytest.mark.parametrize("goal", ["maximize", "Maximize"])
def test_the_goal_is_read_in_any_case(make_plan: MakePlan, goal: str) -> None:
    assert make_plan(goal=goal).objective.goal is Goal.MAXIMIZE


def test_the_goldens_of_the_corpus_can_be_planned_and_drawn_from(corpus: Path) -> None:
    planned = 0
    for path in sorted((corpus / "golden").glob("*.json")):
        properties = orjson.loads(path.read_bytes())["properties"]
        kind = properties.get("samplingAlgorithm", {}).get("samplingAlgorithmType")
        if properties.get("jobType") != "Sweep" or kind == "Grid":  # its only grid sample is over `uniform`
            continue
        plan = plan_of(SweepJob.model_validate(properties), name="job", default_seed=1)
        sweep = Sweep(plan)
        sweep.start(0.0)
        sweep.offer(1, 0.0)
        assert set(sweep.trials[0].parameters) == set(properties["searchSpace"])
        planned += 1
    assert planned >= 3
