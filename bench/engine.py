"""What the engine costs: a suggestion, against Optuna's random sampler and the floor; a sweep's events, per policy.

    python bench/engine.py [--quick]

CPU time of this process. Ours and the peer are measured alternately in the same run, the median of the rounds is shown.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from random import Random
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from rows import Row, add_option, write

from contracts.arm.jobs import SweepJob
from emulator.engine.actions import StartTrial, StopTrial
from emulator.engine.plan import SweepPlan, plan_of
from emulator.engine.sampling import sampler_of
from emulator.engine.sweep import Sweep
from emulator.engine.trial import TrialOutcome

#: Ten dimensions: six real (two of them logarithmic), two in steps, two choices.
SPACE: dict[str, Any] = {
    **{f"u{i}": ["uniform", [0, 1]] for i in range(4)},
    **{f"l{i}": ["loguniform", [-7, 0]] for i in range(2)},
    **{f"q{i}": ["quniform", [16, 512, 16]] for i in range(2)},
    **{f"c{i}": ["choice", [["relu", "tanh", "gelu", "selu"]]] for i in range(2)},
}
#: 4 ** 9 = 262 144 points.
GRID = {f"c{i}": ["choice", [[1, 2, 3, 4]]] for i in range(9)}
SOBOL = {"samplingAlgorithmType": "Random", "rule": "sobol"}

POLICIES: dict[str, dict[str, Any] | None] = {
    "none": None,
    "bandit": {"policyType": "Bandit", "slackFactor": 0.5},
    "median": {"policyType": "MedianStopping"},
    "truncation": {"policyType": "TruncationSelection", "truncationPercentage": 10},
}


def plan(
    space: dict[str, Any], algorithm: Any = "Random", policy: dict[str, Any] | None = None, **limits: Any
) -> SweepPlan:
    """A plan over a space."""
    kind = {"samplingAlgorithmType": algorithm} if isinstance(algorithm, str) else algorithm
    body = {
        "searchSpace": space,
        "samplingAlgorithm": kind,
        "objective": {"goal": "Maximize", "primaryMetric": "accuracy"},
        "trial": {"command": "true", "environmentId": "env"},
        "limits": limits,
        "earlyTermination": policy,
    }
    return plan_of(SweepJob.model_validate(body), name="job", default_seed=1)


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ask(space: dict[str, Any], algorithm: Any, count: int) -> Callable[[], object]:
    """Draw so many points from a new sampler."""

    def work() -> None:
        sampler = sampler_of(plan(space, algorithm))
        for index in range(count):
            sampler.suggest(index, ())

    return work


def ask_optuna(count: int) -> Callable[[], object]:
    """The same space through Optuna's random sampler, told at once."""
    distributions: dict[str, BaseDistribution] = {
        **{f"u{i}": FloatDistribution(0, 1) for i in range(4)},
        **{f"l{i}": FloatDistribution(1e-3, 1, log=True) for i in range(2)},
        **{f"q{i}": FloatDistribution(16, 512, step=16) for i in range(2)},
        **{f"c{i}": CategoricalDistribution(["relu", "tanh", "gelu", "selu"]) for i in range(2)},
    }

    def work() -> None:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
        for _ in range(count):
            study.tell(study.ask(distributions), 0.0)

    return work


def ask_floor(count: int) -> Callable[[], object]:
    """Ten numbers per point from the standard library, and nothing else."""

    def work() -> None:
        random = Random(1)
        for _ in range(count):
            {name: random.random() for name in SPACE}

    return work


def whole_sweep(policy: dict[str, Any] | None, trials: int, intervals: int) -> Callable[[], object]:
    """Every event of a sweep, 100 trials at a time, through the state machine."""
    random = Random(5)
    curves = [
        [level * (1 - 0.9 ** (step + 1)) + random.gauss(0, 0.01) for step in range(intervals)]
        for level in (random.random() for _ in range(trials))
    ]

    def work() -> None:
        sweep = Sweep(plan(SPACE, policy=policy, maxTotalTrials=trials, maxConcurrentTrials=100))
        sweep.start(0.0)
        while not sweep.finish:
            running = [action.index for action in sweep.offer(100, 0.0) if isinstance(action, StartTrial)]
            stopped: set[int] = set()
            for index in running:
                sweep.trial_running(index, 0.0)
            for step in range(intervals):
                for index in running:
                    # A stopped trial goes on logging: the dearest case, every value counts.
                    for action in sweep.metric(index, curves[index][step], 0.0):
                        if isinstance(action, StopTrial):
                            stopped.add(action.index)
            for index in running:
                ended = TrialOutcome.canceled() if index in stopped else TrialOutcome.completed()
                sweep.trial_ended(index, ended, 0.0)

    return work


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round, and fewer suggestions")
    add_option(parser)
    options = parser.parse_args()
    quick, rows = options.quick, []
    rounds = 1 if quick else 5
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    for algorithm in ("Random", SOBOL):
        ask(SPACE, algorithm, 1)()  # imports are not what is measured

    peers = {
        "random": lambda n: ask(SPACE, "Random", n),
        "sobol": lambda n: ask(SPACE, SOBOL, n),
        "grid": lambda n: ask(GRID, "Grid", n),
        "random, finite space": lambda n: ask(GRID, "Random", n),
        "floor: random.random()": ask_floor,
    }
    counts = [100, 10_000] if quick else [100, 10_000, 100_000]
    print("One suggestion, microseconds of CPU (ten dimensions)")
    print(f"{'':26}" + "".join(f"{f'first {n}':>16}" for n in counts) + f"{'Optuna random / ours':>26}")
    reference = statistics.median(cpu(ask_optuna(500)) / 500 for _ in range(rounds)) * 1e6
    for name, make in peers.items():
        costs = [statistics.median(cpu(make(n)) / n for _ in range(rounds)) * 1e6 for n in counts]
        print(f"{name:26}" + "".join(f"{cost:16.2f}" for cost in costs) + f"{reference / costs[1]:25.0f}x")
        if name != "floor: random.random()":
            rows.append(Row(f"one suggestion, {name}, CPU", "Optuna RandomSampler", reference / costs[1], 20, 50))
    write(rows, options.json)
    print(f"{'Optuna RandomSampler':26}{reference:16.2f} (first 500)\n")

    print("A whole sweep through the state machine, seconds of CPU")
    sizes = [(1000, 10)] if quick else [(1000, 10), (1000, 100)]
    print(f"{'':26}" + "".join(f"{f'{t} x {i}':>16}" for t, i in sizes))
    for name, policy in POLICIES.items():
        costs = [min(cpu(whole_sweep(policy, t, i)) for _ in range(rounds)) for t, i in sizes]
        print(f"{name:26}" + "".join(f"{cost:16.2f}" for cost in costs))


if __name__ == "__main__":
    main()
