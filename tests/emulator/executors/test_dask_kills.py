"""Sweeps and pipelines on a real Dask cluster whose workers, scheduler and emulator are ended by `kill -9`.

Five kills of each kind by default; `AMLET_KILLS=25` makes as many, `AMLET_KILLS_SEED` chooses other moments. A job that
has ended before all of them were made is submitted again, so that every kill comes while one runs.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.dask_jobs import JOB, PIPELINE, State, write_job
from tests.emulator.executors.dask_programs import DaskPrograms
from tests.emulator.executors.killed_emulator import KilledEmulator, emulator_process, left_over

KILLS = int(os.environ.get("AMLET_KILLS", "5"))
SEED = os.environ.get("AMLET_KILLS_SEED", "1")
VICTIMS = ("worker", "scheduler", "emulator")

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(max(600, 60 * KILLS))]


@pytest.mark.parametrize("victim", VICTIMS)
def test_every_trial_of_a_sweep_ends_once_whatever_is_killed(
    cluster: Callable[..., DaskPrograms], tmp_path: Path, victim: str
) -> None:
    check(cluster(3), tmp_path, JOB, random.Random(f"{SEED}/{victim}"), (victim,), trials=12)


def test_every_step_and_trial_of_a_pipeline_ends_once_whatever_is_killed(
    cluster: Callable[..., DaskPrograms], tmp_path: Path
) -> None:
    check(cluster(3), tmp_path, PIPELINE, random.Random(f"{SEED}/pipeline"), VICTIMS, trials=6)


def check(
    programs: DaskPrograms, folder: Path, job: str, chance: random.Random, victims: tuple[str, ...], trials: int
) -> None:
    """Kill while jobs run, and look at what has become of them."""
    acknowledged = folder / "acknowledged.txt"
    file = write_job(folder, trials, 3, takes=0.5, acknowledged=acknowledged, job=job)
    with emulator_process(folder, programs.address) as emulator:
        names, kills = [], 0
        while kills < KILLS:
            names.append(emulator.submit(file))
            while kills < KILLS and not emulator.state.has_ended(names[-1]):
                time.sleep(chance.uniform(0.3, 2.0))
                kill(programs, emulator, chance, chance.choice(victims))
                kills += 1
        for name in names:
            wait_until(lambda name=name: emulator.state.has_ended(name), 300.0)
        for name in names:
            below = emulator.state.below(name)
            assert [(status, ends) for _, _, status, ends in below] == [("Completed", 1)] * len(below), name
            assert len(below) == trials + (1 if job is JOB else 4)
        assert_is_whole(emulator.state, names, acknowledged, is_sweep=job is JOB)
        wait_until(lambda: not left_over(emulator.state, folder))


def kill(programs: DaskPrograms, emulator: KilledEmulator, chance: random.Random, victim: str) -> None:
    """SIGKILL, and another one in its place."""
    if victim == "worker":
        programs.kill_worker(chance.randrange(len(programs.workers)))
    elif victim == "scheduler":
        programs.kill_scheduler()
    else:
        emulator.kill()
        time.sleep(chance.uniform(0.0, 1.0))
        emulator.start()


def assert_is_whole(state: State, names: list[str], acknowledged: Path, *, is_sweep: bool) -> None:
    """Every trial has the value of its parameter, once, and all that its last attempt was told to be stored."""
    told: dict[tuple[int, int], set[float]] = {}
    for line in acknowledged.read_text().splitlines():
        job, attempt, value = line.split()
        told.setdefault((int(job), int(attempt)), set()).add(float(value))
    for name in names:
        for job, _, _, _ in state.below(name):
            stored = set(state.values(job, "acknowledged"))
            assert told.get((job, state.last_attempt(job)), set()) <= stored
        if is_sweep:
            for _, values, x, last in state.result(name):
                assert values == [float(x) ** 2]
                assert last == f"x is {x}"
