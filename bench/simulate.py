"""What a whole sweep in virtual time costs, per policy: 1,000 trials of 10 and of 100 intervals, 100 at a time.

    python bench/simulate.py

Seconds of CPU of this process, the best of three; the engine, the store (in memory) and the lifecycle are those of a
real sweep. Aims: 1,000 x 100 in 3 s with Bandit and 5 s with Median, 1,000 x 10 in 1 s.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from rows import Row, add_option, write

from emulator.simulation.comparison import POLICIES, compare_policies
from emulator.simulation.curve import from_objective

ROUNDS = 3


def body(trials: int) -> dict[str, Any]:
    """A sweep over two parameters."""
    return {
        "searchSpace": {"level": ["uniform", [0, 1]], "pace": ["uniform", [0.01, 0.2]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 1},
        "objective": {"goal": "Maximize", "primaryMetric": "accuracy"},
        "trial": {"command": "unused", "environmentId": "unused"},
        "limits": {"maxTotalTrials": trials, "maxConcurrentTrials": 100},
    }


def learning(intervals: int) -> Callable[..., list[float]]:
    """Saturating learning curves."""
    return lambda level, pace: [level * (1 - (1 - pace) ** (step + 1)) for step in range(intervals)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_option(parser)
    file, rows = parser.parse_args().json, []
    print(f"{'':14}{'intervals':>10}{'CPU s':>8}{'stopped':>9}{'saved':>7}")
    for intervals in (10, 100):
        for policy in POLICIES:
            costs = []
            for _ in range(ROUNDS):
                start = time.process_time()
                [result] = compare_policies(body(1000), from_objective(learning(intervals)), [policy])
                costs.append(time.process_time() - start)
            saved = result.saved_hours / (result.trial_hours + result.saved_hours)
            print(f"{policy:14}{intervals:10}{min(costs):8.2f}{result.stopped:9}{saved:7.0%}")
            aim = 1 if intervals == 10 else 5 if policy == "median" else 3
            rows.append(
                Row(
                    f"simulate 1,000 trials of {intervals} intervals, {policy}, CPU",
                    "",
                    min(costs),
                    None,
                    aim,
                    less=True,
                    unit="s",
                )
            )
    write(rows, file)


if __name__ == "__main__":
    main()
