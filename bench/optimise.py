"""How well, and at what cost, Bayesian sampling finds optima: regret on ten problems, CPU per suggestion.

    python bench/optimise.py [--seeds 20] [--only NAME ...]

Regret is the distance of the best value so far from the known minimum (of the noisy problem without its noise; of the
model the error itself): median and quartiles over the seeds. A ratio of two regrets takes less than 0.0001 for that:
nearer to an optimum no trial is worth more. With 10 seeds two equal samplers differ by a factor of two at times.
"by four" draws four trials at once, of which none knows how the other three end. Optuna's own Gaussian process needs
torch, and is left out where that is not installed.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from random import Random
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from rows import Row, add_option, write

from contracts.arm.jobs import SweepJob
from emulator.engine.plan import plan_of
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.optimiser import missing
from emulator.engine.settings import EngineSettings

_AT = (25, 50)
_REACHED = 1e-4  # regret that is as good as none
_OPTIMISERS = ("gp", "tpe", "egobox")
Space = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """A function to minimise.

    Parameters:
        name: for the table.
        space: as a body has it; `uniform`, `quniform` and `choice` alone.
        minimum: the least true value.
        value: the true value of the parameters.
        noise: standard deviation of what a trial logs around it.
        at_once: how many trials are drawn before any of them has ended.
    """

    name: str
    space: Space
    minimum: float
    value: Callable[[Mapping[str, Any]], float]
    noise: float = 0.0
    at_once: int = 1


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


def ackley(x: Sequence[float]) -> float:
    """One minimum, 0 at 0, among many that are not (Ackley 1987)."""
    square = math.sqrt(sum(v * v for v in x) / len(x))
    waves = sum(math.cos(2 * math.pi * v) for v in x) / len(x)
    return 20 - 20 * math.exp(-0.2 * square) + math.e - math.exp(waves)


def levy(x: Sequence[float]) -> float:
    """One minimum, 0 at 1, in a valley of waves (Levy & Montalvo 1985)."""
    w = [1 + (v - 1) / 4 for v in x]
    inner = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + inner + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


def styblinski_tang(x: Sequence[float]) -> float:
    """2^n minima, one of them the least (Styblinski & Tang 1990)."""
    return sum(v**4 - 16 * v * v + 5 * v for v in x) / 2


_WORTH = np.random.default_rng(5).normal(size=(6, 5))
_TOGETHER = np.random.default_rng(6).normal(size=(6, 5, 5)) / 2


def choices(given: Mapping[str, Any]) -> float:
    """Six choices of five, each worth something by itself and something with the next."""
    x = [int(value) for value in given.values()]
    return float(sum(_WORTH[i, x[i]] + _TOGETHER[i, x[i], x[(i + 1) % 6]] for i in range(6)))


#: Found by trying all 5^6.
_LEAST = -9.635857266496503


def mixed(given: Mapping[str, Any]) -> float:
    """Numbers, whole numbers and choices: 0 at x = 0.3, n = 96, kind = b, where kind changes what n is worth."""
    best = {"a": 32, "b": 96, "c": 128, "d": 64}[given["kind"]]
    return (
        4 * (given["x"] - 0.3) ** 2
        + ((given["n"] - best) / 64) ** 2
        + {"a": 0.6, "b": 0, "c": 0.9, "d": 0.3}[given["kind"]]
    )


@cache
def _digits() -> tuple[Any, Any]:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return images[:400] / 16, labels[:400]


def classifier(given: Mapping[str, Any]) -> float:
    """The error of a support vector machine on scikit-learn's digits, by three-fold cross-validation."""
    from sklearn.model_selection import cross_val_score
    from sklearn.svm import SVC

    model = SVC(C=10 ** given["log_c"], gamma=10 ** given["log_gamma"], kernel=given["kernel"])
    return 1 - float(cross_val_score(model, *_digits(), cv=3).mean())


def _plane(value: Callable[[Sequence[float]], float]) -> Callable[[Mapping[str, Any]], float]:
    return lambda given: value([float(number) for number in given.values()])


_BRANIN = {"x0": ["uniform", [-5, 10]], "x1": ["uniform", [0, 15]]}
_CUBE = {f"x{i}": ["uniform", [0, 1]] for i in range(6)}
_MIXED = {"x": ["uniform", [0, 1]], "n": ["quniform", [16, 128, 16]], "kind": ["choice", [["a", "b", "c", "d"]]]}
_TEN = {f"x{i}": ["uniform", [-5, 10]] for i in range(10)}
_FIVE = {f"x{i}": ["uniform", [-5, 5]] for i in range(5)}
_WIDE = {f"x{i}": ["uniform", [-10, 10]] for i in range(5)}
_CHOICES = {f"x{i}": ["choice", [list(range(5))]] for i in range(6)}
_SVM = {
    "log_c": ["uniform", [-3, 3]],
    "log_gamma": ["uniform", [-5, 1]],
    "kernel": ["choice", [["rbf", "poly", "sigmoid"]]],
}
PROBLEMS = (
    Problem("Branin", _BRANIN, 0.39788735772973816, _plane(branin)),
    Problem("Hartmann6", _CUBE, -3.322368011415515, _plane(hartmann6)),
    Problem("Hartmann6 by four", _CUBE, -3.322368011415515, _plane(hartmann6), at_once=4),
    Problem("mixed space", _MIXED, 0.0, mixed),
    Problem("Branin with noise", _BRANIN, 0.39788735772973816, _plane(branin), noise=2.0),
    Problem("Ackley, 10 dimensions", _TEN, 0.0, _plane(ackley)),
    Problem("Levy, 5 dimensions", _WIDE, 0.0, _plane(levy)),
    Problem("Styblinski-Tang, 5 dimensions", _FIVE, -39.16616570377142 * 5, _plane(styblinski_tang)),
    Problem("six choices", _CHOICES, _LEAST, choices),
    Problem("SVM on digits", _SVM, 0.0, classifier),
)


def ours(problem: Problem, algorithm: str, seed: int, optimiser: Any = "gp") -> list[float]:
    """True values of the trials that one of our samplers draws."""
    sampler, noise = sampler_of(_plan(problem.space, algorithm, seed, optimiser)), Random(seed)
    history: list[Observation] = []
    values: list[float] = []
    while len(history) < max(_AT):
        begun = len(history)
        for index in range(begun, begun + problem.at_once):
            history.append(Observation(sampler.suggest(index, history)))
        for index in range(begun, len(history)):
            values.append(problem.value(history[index].point))
            logged = values[-1] + noise.gauss(0, problem.noise)
            history[index] = Observation(history[index].point, logged, ended=True)
    return values


def optunas(problem: Problem, sampler: optuna.samplers.BaseSampler, seed: int) -> list[float]:
    """True values of the trials of an Optuna study."""
    study, noise, values = optuna.create_study(sampler=sampler), Random(seed), list[float]()
    distributions = {name: _distribution(*entry) for name, entry in problem.space.items()}
    while len(values) < max(_AT):
        for trial in [study.ask(distributions) for _ in range(problem.at_once)]:
            values.append(problem.value(trial.params))
            study.tell(trial, values[-1] + noise.gauss(0, problem.noise))
    return values


def _distribution(kind: str, arguments: Sequence[Any]) -> BaseDistribution:
    if kind == "choice":
        return CategoricalDistribution(arguments[0])
    low, high, *step = arguments
    return FloatDistribution(low, high, step=step[0] if step else None)


def cost_at(count: int, optimiser: Any, asks: int = 10) -> float:
    """CPU milliseconds per suggestion after so many trials, in ten mixed dimensions."""
    space: dict[str, Any] = {
        **{f"u{i}": ["uniform", [0, 1]] for i in range(4)},
        **{f"q{i}": ["quniform", [16, 512, 16]] for i in range(3)},
        **{f"c{i}": ["choice", [["a", "b", "c", "d"]]] for i in range(3)},
    }
    random, points, history = Random(1), sampler_of(_plan(space, "Random", 1)), list[Observation]()
    for index in range(count):
        history.append(Observation(points.suggest(index, ()), random.random(), ended=True))
    sampler = sampler_of(_plan(space, "Bayesian", 1, optimiser))
    sampler.suggest(count, history)
    start = time.process_time()
    for index in range(count, count + asks):
        history.append(Observation(sampler.suggest(index, history), random.random(), ended=True))
    return (time.process_time() - start) / asks * 1000


def repeats(optimiser: Any) -> bool:
    """Whether a point of a finite space of 196 came twice."""
    finite = {"a": ["choice", [list(range(14))]], "b": ["choice", [list(range(14))]]}
    sampler, drawn = sampler_of(_plan(finite, "Bayesian", 1, optimiser)), list[Observation]()
    for index in range(196):
        point = sampler.suggest(index, drawn)
        drawn.append(Observation(point, sum(_numbers(point.values())), ended=True))
    return len({repr(observation.point) for observation in drawn}) != 196


def _plan(space: Space, algorithm: str, seed: int, optimiser: Any = "gp") -> Any:
    body = {
        "searchSpace": dict(space),
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
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME", help="problems whose name begins so")
    add_option(parser)
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    installed = [name for name in _OPTIMISERS if missing(name) is None]
    for name in sorted({*_OPTIMISERS} - {*installed}):
        print(f"{name} is left out: {missing(name)}")

    contestants: dict[str, Callable[[Problem, int], list[float]]] = {
        "random": lambda problem, seed: ours(problem, "Random", seed),
        "Optuna TPE": lambda problem, seed: optunas(problem, optuna.samplers.TPESampler(seed=seed), seed),
    }
    for name in installed:
        contestants[name] = lambda problem, seed, name=name: ours(problem, "Bayesian", seed, name)
    if find_spec("torch"):
        contestants["Optuna GP"] = lambda problem, seed: optunas(problem, optuna.samplers.GPSampler(seed=seed), seed)

    print(f"Regret after n trials: median [quartiles] of {options.seeds} seeds; CPU milliseconds per trial")
    rows: list[Row] = []
    for problem in (one for one in PROBLEMS if one.name.startswith(tuple(options.only))):
        print(f"{problem.name:30}" + "".join(f"{f'@{n}':>28}" for n in _AT) + f"{'CPU ms':>10}", flush=True)
        medians: dict[str, float] = {}
        for name, play in contestants.items():
            start = time.process_time()
            runs = [play(problem, seed) for seed in range(options.seeds)]
            spent = (time.process_time() - start) * 1000 / options.seeds / max(_AT)
            cells = []
            for n in _AT:
                regrets = [min(values[:n]) - problem.minimum for values in runs]
                low, medians[name], high = statistics.quantiles(regrets, n=4)
                cells.append(f"{medians[name]:.4f} [{low:.4f}, {high:.4f}]")
            print(f"  {name:28}" + "".join(f"{cell:>28}" for cell in cells) + f"{spent:10.2f}", flush=True)
        for name in installed:
            ratio = max(medians["Optuna TPE"], _REACHED) / max(medians[name], _REACHED)
            must = 1.0 if name == _OPTIMISERS[0] else None
            rows.append(Row(f"{problem.name}: regret after {max(_AT)} trials, {name}", "Optuna TPE", ratio, must))

    print("\nBayesian sampling, ten mixed dimensions, CPU milliseconds per suggestion")
    for name in installed:
        for count in (20, 100, 200):
            spent = cost_at(count, name)
            print(f"  {name} after {count:4} trials: {spent:7.2f}", flush=True)
        rows.append(Row(f"one suggestion of {name} after 200 trials, CPU", "", spent, 100, None, True, "ms"))
        if repeats(name):
            print(f"  {name} REPEATED A POINT OF A FINITE SPACE")
    write(rows, options.json)


if __name__ == "__main__":
    main()
