"""Sampling algorithms, one file each, and their registrations.

numpy, scipy and Optuna are slow to import: each is loaded with the first sampler that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.sampling_algorithms import BAYESIAN, GRID, RANDOM, SAMPLING_ALGORITHMS, SamplingAlgorithm
from emulator.engine.plan import SweepPlan
from emulator.engine.sampling.base import Sampler


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a sampling algorithm draws points, and how that is explained.

    Parameters:
        make: makes a sampler for a plan.
        summary: how it draws, in one sentence; `{seed}` and `{warm_up}` stand for the seed and the number of random
            trials before a model is asked.
        point: why a trial that no other trial counts for has its parameters; `{number}` stands for its number from 1.
    """

    make: Callable[[SweepPlan], Sampler]
    summary: str
    point: str


_SAMPLINGS: dict[tuple[SamplingAlgorithm, str | None], Sampling] = {}


def register(kind: SamplingAlgorithm, sampling: Sampling, *, rule: str | None = None) -> None:
    """Have sweeps draw with an algorithm.

    Parameters:
        kind: the value of `contracts.sampling_algorithms`.
        sampling: how it draws.
        rule: the `rule` of a body for which it draws so, in lower case; None for every other body.

    Raises:
        ValueError: the algorithm is registered already.
    """
    if (kind, rule) in _SAMPLINGS:
        raise ValueError(f"the emulator has the sampling algorithm {kind.name} already")
    _SAMPLINGS[kind, rule] = sampling


def unregister(kind: SamplingAlgorithm, *, rule: str | None = None) -> None:
    """Take back a registration, for tests."""
    del _SAMPLINGS[kind, rule]


def registered() -> frozenset[SamplingAlgorithm]:
    """The algorithms that sweeps can have."""
    return frozenset(kind for kind, _ in _SAMPLINGS)


def sampling_of(algorithm: Mapping[str, Any]) -> Sampling:
    """How an algorithm draws.

    Parameters:
        algorithm: `samplingAlgorithm` of a checked body.
    """
    kind, rule = SAMPLING_ALGORITHMS[algorithm["samplingAlgorithmType"]], str(algorithm.get("rule") or "").lower()
    return _SAMPLINGS.get((kind, rule)) or _SAMPLINGS[kind, None]


def sampler_of(plan: SweepPlan) -> Sampler:
    """A new sampler for a plan."""
    return sampling_of(plan.sampling.to_wire()).make(plan)


def _grid(plan: SweepPlan) -> Sampler:
    from emulator.engine.sampling.grid import GridSampler

    return GridSampler(plan.space)


def _bayesian(plan: SweepPlan) -> Sampler:
    from emulator.engine.sampling.bayesian import BayesianSampler

    return BayesianSampler(
        plan.space,
        plan.seed,
        plan.objective.goal,
        optimiser=plan.settings.bayesian_optimiser,
        warm_up=plan.settings.bayesian_warm_up,
    )


def _sobol(plan: SweepPlan) -> Sampler:
    from emulator.engine.sampling.sobol import SobolRows
    from emulator.engine.sampling.uniform import UniformSampler

    return UniformSampler(plan.space, SobolRows(plan.space.width, plan.seed), repeat=plan.settings.repeat_points)


def _random(plan: SweepPlan) -> Sampler:
    from emulator.engine.sampling.random import PseudoRandomRows
    from emulator.engine.sampling.uniform import UniformSampler

    rows = PseudoRandomRows(plan.space.width, plan.seed)
    return UniformSampler(plan.space, rows, repeat=plan.settings.repeat_points)


register(
    RANDOM,
    Sampling(
        _random,
        "Random: each point drawn from the distributions of the search space ({seed}).",
        "This is random point {number}; no other trial counts for it.",
    ),
)
register(
    RANDOM,
    Sampling(
        _sobol,
        "Sobol: the next point of a sequence that fills the search space evenly ({seed}).",
        "This is point {number} of the sequence; no other trial counts for it.",
    ),
    rule="sobol",
)
register(
    GRID,
    Sampling(
        _grid,
        "Grid: every combination of the choices, in the order of the search space, the last one fastest.",
        "This is combination {number}.",
    ),
)
register(
    BAYESIAN,
    Sampling(
        _bayesian,
        "Bayesian: the first {warm_up} at random, then each from a model of all trials before it ({seed}).",
        "This is random point {number} of {warm_up}, before the model is asked.",
    ),
)
