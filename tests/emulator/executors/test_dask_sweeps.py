"""Sweeps on a real Dask cluster give the same as on this machine, with any number of workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amlet.testing.served import ServedEmulator
from gateway import load_job
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.dask_jobs import State, write_job
from tests.emulator.executors.dask_programs import DaskPrograms

Cluster = Callable[..., DaskPrograms]

#: A lost worker is noticed after a second and a half, so that a test need not wait for it.
SETTINGS = {"executor": "dask", "lease_seconds": 1.5, "attempt_limit": 100}


def run(folder: Path, settings: dict[str, Any], trials: int, at_once: int) -> list[tuple[Any, ...]]:
    with ServedEmulator(executor="process", settings=settings, seed=1) as emulator, emulator.client() as client:
        name = client.jobs.create_or_update(load_job(write_job(folder, trials, at_once))).name
        state = State(emulator.emulator.place.state_dir)
        wait_until(lambda: state.has_ended(name))
        assert state.status(name) == "Completed"
        return state.result(name)


def test_a_sweep_gives_the_same_on_two_workers_as_on_this_machine(cluster: Cluster, tmp_path: Path) -> None:
    programs = cluster(2)
    on_cluster = run(tmp_path, {**SETTINGS, "dask_address": programs.address}, 4, 2)
    assert len(on_cluster) == 4
    assert on_cluster == run(tmp_path, {}, 4, 2)


@pytest.mark.nightly
@pytest.mark.parametrize("workers", [1, 2, 4, 8])
def test_a_sweep_gives_the_same_on_any_number_of_workers(cluster: Cluster, tmp_path: Path, workers: int) -> None:
    programs = cluster(workers, threads=2, resources="SLOT=1")  # of two threads one is used: the resource is scarcer
    trials = 3 * workers
    settings = {**SETTINGS, "dask_address": programs.address, "dask_resources": "SLOT=1"}
    on_cluster = run(tmp_path, settings, trials, workers)
    assert on_cluster == run(tmp_path, {}, trials, workers)
