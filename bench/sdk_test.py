"""What a test costs that uses the official SDK over a socket: a served emulator, a job, its reading back, its end.

    python bench/sdk_test.py [--rounds 5]

Wall time of a test as `amlet_server` gives it: the emulator is served by a thread, is reset between tests and stays up;
`azure.ai.ml` is imported before. The job runs in simulated time. The first test, which starts the server, is apart.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
warnings.simplefilter("ignore")

from azure.ai.ml import MLClient, command  # noqa: E402
from azure.ai.ml.sweep import Uniform  # noqa: E402
from rows import Row, add_option, write  # noqa: E402

from amlet.testing import ServedEmulator  # noqa: E402


def one_test(emulator: ServedEmulator) -> None:
    """A sweep, submitted, waited for and read back."""
    workspace = emulator.workspace
    client = MLClient(emulator.credential, workspace.subscription, workspace.resource_group, workspace.name)
    job = command(command="echo ${{inputs.x}}", environment="azureml:env:1", compute="cpu", inputs={"x": 0.5})
    sweep = job(x=Uniform(0, 1)).sweep(
        compute="cpu", sampling_algorithm="random", primary_metric="score", goal="maximize"
    )
    sweep.set_limits(max_total_trials=4, max_concurrent_trials=2)
    made = client.jobs.create_or_update(sweep)
    deadline = time.perf_counter() + 60
    while client.jobs.get(made.name).status != "Completed":
        if time.perf_counter() > deadline:
            raise RuntimeError(f"{made.name} is {client.jobs.get(made.name).status} after a minute")
        emulator.time.advance(60)
    assert len(list(client.jobs.list())) == 1


def main() -> None:
    """Measure, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="also print where the time of a test goes")
    add_option(parser)
    options = parser.parse_args()
    began = time.perf_counter()
    with ServedEmulator(objective=lambda x: x) as emulator:
        os.environ |= emulator.environ(only_here=True)  # as the fixture `amlet_sdk_env` does
        one_test(emulator)
        first, taken = time.perf_counter() - began, []
        for _ in range(options.rounds):
            began = time.perf_counter()
            emulator.reset()
            one_test(emulator)
            taken.append(time.perf_counter() - began)
        if options.profile:
            emulator.reset()
            with cProfile.Profile() as profile:
                one_test(emulator)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    print(f"first test {first:.2f} s, every other one {statistics.median(taken):.2f} s")
    write([
        Row("test with azure-ai-ml on `amlet_server`, wall", "", statistics.median(taken), 2, 1, less=True, unit="s"),
        Row("the first such test, with the start of the server", "", first, less=True, unit="s"),
    ], options.json)  # fmt: skip


if __name__ == "__main__":
    main()
