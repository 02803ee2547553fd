"""Sampling algorithms, one file each.

numpy, scipy and Optuna are slow to import: each is loaded with the first sampler that needs it.
"""

from __future__ import annotations

from emulator.engine.plan import Algorithm, SweepPlan
from emulator.engine.sampling.base import Sampler


def sampler_of(plan: SweepPlan) -> Sampler:
    """A new sampler for a plan."""
    match plan.algorithm:
        case Algorithm.GRID:
            from emulator.engine.sampling.grid import GridSampler

            return GridSampler(plan.space)
        case Algorithm.BAYESIAN:
            from emulator.engine.sampling.bayesian import BayesianSampler

            return BayesianSampler(
                plan.space,
                plan.seed,
                plan.objective.goal,
                optimiser=plan.settings.bayesian_optimiser,
                warm_up=plan.settings.bayesian_warm_up,
            )
        case Algorithm.SOBOL:
            from emulator.engine.sampling.sobol import SobolRows
            from emulator.engine.sampling.uniform import UniformSampler

            return UniformSampler(
                plan.space, SobolRows(plan.space.width, plan.seed), repeat=plan.settings.repeat_points
            )
        case Algorithm.RANDOM:
            from emulator.engine.sampling.random import PseudoRandomRows
            from emulator.engine.sampling.uniform import UniformSampler

            rows = PseudoRandomRows(plan.space.width, plan.seed)
            return UniformSampler(plan.space, rows, repeat=plan.settings.repeat_points)
