"""Sweeps on a real Dask cluster: the same as on this machine, also while workers, scheduler and emulator are killed."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from amlet.testing.served import ServedEmulator
from emulator.executors.process_table import processes
from gateway import load_job
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.dask_programs import DaskPrograms
from tests.emulator.executors.dask_sweeps import State, write_job

Cluster = Callable[..., DaskPrograms]

#: A lost worker is noticed after a second and a half, so that a test need not wait for it.
SETTINGS = {"executor": "dask", "lease_seconds": 1.5, "attempt_limit": 100}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made: list[DaskPrograms] = []

    def make(workers: int, **options: Any) -> DaskPrograms:
        made.append(DaskPrograms(tmp_path / "dask", workers, **options))
        return made[-1]

    yield make
    for programs in made:
        programs.close()


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
@pytest.mark.parametrize("workers", [1, 4, 8])
def test_a_sweep_gives_the_same_on_any_number_of_workers(cluster: Cluster, tmp_path: Path, workers: int) -> None:
    programs = cluster(workers)
    trials = 3 * workers
    on_cluster = run(tmp_path, {**SETTINGS, "dask_address": programs.address}, trials, workers)
    assert on_cluster == run(tmp_path, {}, trials, workers)


class KilledEmulator:
    """An emulator as a process that is killed and started again on its state.

    Parameters:
        folder: of its home and state.
        address: of the scheduler.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.state, self._records = State(folder / "home" / "state"), folder / "home"
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            self._ports = one.getsockname()[1], two.getsockname()[1]
        settings = {**SETTINGS, "dask_address": address, "dask_scratch": str(folder / "scratch")}
        self._arguments = [
            *("emulator", "start", "--port", str(self._ports[0]), "--http-port", str(self._ports[1])),
            *("--seed", "1"),
            *(part for name, value in settings.items() for part in ("--setting", f"{name}={value}")),
        ]
        self._folder = folder
        self._environ = {**os.environ, "AMLET_HOME": str(folder / "home"), "AMLET_TARGET": "emulator"}
        self.start()

    def start(self) -> None:
        with (self._folder / "emulator.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "amlet", *self._arguments], env=self._environ, stdout=log, stderr=log
            )

        def answers() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._ports[0]), 1):
                return any(self._records.glob("emulators/*.json"))
            assert self._process.poll() is None, (self._folder / "emulator.log").read_text()
            return False

        wait_until(answers)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def submit(self, file: Path) -> str:
        command = ["job", "create", "-f", str(file), "--query", "name", "-o", "tsv", "--emulator"]
        return subprocess.check_output(
            [sys.executable, "-m", "amlet", *command], env=self._environ, text=True, cwd=self._folder
        ).strip()


@contextmanager
def emulator_process(folder: Path, address: str) -> Iterator[KilledEmulator]:
    emulator = KilledEmulator(folder, address)
    try:
        yield emulator
    finally:
        emulator.stop()


def left_over(state: State, folder: Path) -> list[int]:
    """Processes of trials, and supervisors."""
    [(identity,)] = state.rows("SELECT value FROM meta WHERE key = 'state_id'")
    found = [one.pid for one in processes() if one.mark and one.mark.startswith(f"{identity.decode()}/")]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"{folder}/scratch/program-".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("victim", ["worker", "scheduler", "emulator"])
def test_every_trial_ends_once_whatever_is_killed(cluster: Cluster, tmp_path: Path, victim: str) -> None:
    chance = random.Random(f"{os.environ.get('AMLET_KILLS_SEED', '1')}/{victim}")
    kills = int(os.environ.get("AMLET_KILLS", "5"))
    programs = cluster(3)
    with emulator_process(tmp_path, programs.address) as emulator:
        name = emulator.submit(write_job(tmp_path, 24, 3, takes=0.5))
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 2.0))
            if victim == "worker":
                programs.kill_worker(chance.randrange(3))
            elif victim == "scheduler":
                programs.kill_scheduler()
            else:
                emulator.kill()
                time.sleep(chance.uniform(0.0, 1.0))
                emulator.start()
        wait_until(lambda: emulator.state.has_ended(name), 300.0)
        result = emulator.state.result(name)
        assert emulator.state.status(name) == "Completed"
        assert emulator.state.ends(name) == [1] * 24
        wait_until(lambda: not left_over(emulator.state, tmp_path))
    assert [(status, len(values)) for status, values, _, _ in result] == [("Completed", 1)] * 24
    assert [values[0] for _, values, _, _ in result] == [float(x) ** 2 for _, _, x, _ in result]
