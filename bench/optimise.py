"""How well, and at what cost, Bayesian sampling finds optima: regret on two classic functions, CPU per suggestion.

    python bench/optimise.py [--seeds 20]

Trials run one after another. Regret is the distance of the best value so far from the known minimum, median and
quartiles over the seeds: with 10 seeds two equal samplers differ by a factor of two at times. Optuna's own Gaussian
process needs torch, and is left out where that is not installed.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from random import Random
from typing import Any

import numpy as np
import optuna
from optuna.distributions import FloatDistribution

from contracts.arm.jobs import SweepJob
from emulator.engine.plan import plan_of
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.optimiser import missing
from emulator.engine.settings import EngineSettings

_AT = (25, 50, 100)


@dataclass(frozen=True)
class Function:
    """A function to minimise: its name, bounds per coordinate and minimum."""

    name: str
    bounds: dict[str, tuple[float, float]]
    minimum: float
    value: Callable[[Sequence[float]], float]


def branin(x: Sequence[float]) -> float:
    """Three equal minima in the plane (Dixon & Szegö 1978)."""
    a, b = x
    bend = b - 5.1 / (4 * math.pi**2) * a**2 + 5 / math.pi * a - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10


_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_A = np.array(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
)
_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def hartmann6(x: Sequence[float]) -> float:
    """Six minima in the six-dimensional cube."""
    return -float(_ALPHA @ np.exp(-(_A * (np.array(x) - _P) ** 2).sum(axis=1)))


FUNCTIONS = [
    Function("Branin", {"x0": (-5, 10), "x1": (0, 15)}, 0.39788735772973816, branin),
    Function("Hartmann6", {f"x{i}": (0, 1) for i in range(6)}, -3.322368011415515, hartmann6),
]


def ours(function: Function, algorithm: str, seed: int, optimiser: Any = "tpe") -> list[float]:
    """Values of 100 trials that one of our samplers draws."""
    sampler = sampler_of(
        _plan({n: ["uniform", list(b)] for n, b in function.bounds.items()}, algorithm, seed, optimiser)
    )
    history: list[Observation] = []
    for index in range(max(_AT)):
        point = sampler.suggest(index, history)
        history.append(Observation(point, function.value(_numbers(point.values())), ended=True))
    return [observation.value or 0.0 for observation in history]


def optunas(function: Function, sampler: optuna.samplers.BaseSampler) -> list[float]:
    """Values of 100 trials of an Optuna study."""
    study = optuna.create_study(sampler=sampler)
    distributions = {name: FloatDistribution(*bounds) for name, bounds in function.bounds.items()}
    for _ in range(max(_AT)):
        trial = study.ask(distributions)
        study.tell(trial, function.value(list(trial.params.values())))
    return [trial.value or 0.0 for trial in study.trials]


def cost_at(count: int, asks: int = 20) -> tuple[float, bool]:
    """CPU milliseconds per suggestion of Bayesian sampling after so many trials, and whether no point came twice.

    Ten mixed dimensions; the same again on a finite space for the repetition.
    """
    mixed: dict[str, Any] = {
        **{f"u{i}": ["uniform", [0, 1]] for i in range(4)},
        **{f"q{i}": ["quniform", [16, 512, 16]] for i in range(3)},
        **{f"c{i}": ["choice", [["a", "b", "c", "d"]]] for i in range(3)},
    }
    random, points, history = Random(1), sampler_of(_plan(mixed, "Random", 1)), list[Observation]()
    for index in range(count):
        history.append(Observation(points.suggest(index, ()), random.random(), ended=True))
    sampler = sampler_of(_plan(mixed, "Bayesian", 1))
    sampler.suggest(count, history)
    start = time.process_time()
    for index in range(count, count + asks):
        history.append(Observation(sampler.suggest(index, history), random.random(), ended=True))
    spent = (time.process_time() - start) / asks * 1000

    finite = {"a": ["choice", [list(range(14))]], "b": ["choice", [list(range(14))]]}
    sampler, drawn = sampler_of(_plan(finite, "Bayesian", 1)), list[Observation]()
    for index in range(196):
        point = sampler.suggest(index, drawn)
        drawn.append(Observation(point, sum(_numbers(point.values())), ended=True))
    return spent, len({repr(observation.point) for observation in drawn}) == 196


def _plan(space: dict[str, Any], algorithm: str, seed: int, optimiser: Any = "tpe") -> Any:
    body = {
        "searchSpace": space,
        "samplingAlgorithm": {"samplingAlgorithmType": algorithm},
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "trial": {"command": "true", "environmentId": "env"},
    }
    settings = EngineSettings(bayesian_optimiser=optimiser)
    return plan_of(SweepJob.model_validate(body), name="job", default_seed=seed, settings=settings)


def _numbers(values: Any) -> list[float]:
    return [float(value) for value in values]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds")
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    contestants: dict[str, Callable[[Function, int], list[float]]] = {
        "random": lambda function, seed: ours(function, "Random", seed),
        "bayesian (default)": lambda function, seed: ours(function, "Bayesian", seed),
        "Optuna TPE": lambda function, seed: optunas(function, optuna.samplers.TPESampler(seed=seed)),
    }
    if missing("gp") is None:
        contestants["bayesian (gp)"] = lambda function, seed: ours(function, "Bayesian", seed, "gp")
    if find_spec("torch"):
        contestants["Optuna GP"] = lambda function, seed: optunas(function, optuna.samplers.GPSampler(seed=seed))

    print(f"Regret after n trials: median [quartiles] of {options.seeds} seeds; CPU milliseconds per trial")
    for function in FUNCTIONS:
        print(f"{function.name:20}" + "".join(f"{f'@{n}':>28}" for n in _AT) + f"{'CPU ms':>10}")
        for name, play in contestants.items():
            start = time.process_time()
            runs = [play(function, seed) for seed in range(options.seeds)]
            spent = (time.process_time() - start) * 1000 / options.seeds / max(_AT)
            cells = []
            for n in _AT:
                regrets = [min(values[:n]) - function.minimum for values in runs]
                low, middle, high = statistics.quantiles(regrets, n=4)
                cells.append(f"{middle:.4f} [{low:.4f}, {high:.4f}]")
            print(f"  {name:18}" + "".join(f"{cell:>28}" for cell in cells) + f"{spent:10.2f}")
    print("\nBayesian sampling, ten mixed dimensions, CPU milliseconds per suggestion")
    for count in (20, 100, 1000):
        spent, unique = cost_at(count)
        print(f"  after {count:4} trials: {spent:6.2f}" + ("" if unique else "   REPEATED A POINT OF A FINITE SPACE"))


if __name__ == "__main__":
    main()
