"""Through a real emulator and a real cluster: a worker that is cut off, a policy that stops a trial, large outputs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from amlet.testing.served import ServedEmulator
from gateway import load_job
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.dask_jobs import LOG_METRIC, State
from tests.emulator.executors.dask_programs import DaskPrograms
from tests.emulator.executors.killed_emulator import left_over

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(300)]

GIGABYTE = 1 << 30
COMMAND = "type: command\ncommand: {command}\ncode: ./code\nenvironment: azureml:env:1\n"

CUT_OFF = """
import pathlib, sys, urllib.error
folder, attempt = pathlib.Path(sys.argv[1]), int(os.environ["AMLET_TRIAL"].split("/")[2])
(folder / f"up{attempt}").touch()
if attempt == 1:
    while not (folder / "go").exists():
        time.sleep(0.01)
try:
    log("loss", attempt, 0)
    (folder / str(attempt)).write_text("taken")
except urllib.error.HTTPError as error:
    (folder / str(attempt)).write_text(f"refused {error.code}")
"""

SWEEP = """
type: sweep
trial: {command: "python train.py ${{search_space.x}}", code: ./code, environment: "azureml:env:1"}
search_space: {x: {type: choice, values: [1, 100]}}
sampling_algorithm: grid
objective: {goal: minimize, primary_metric: loss}
early_termination: {type: bandit, slack_factor: 0.1, evaluation_interval: 1}
limits: {max_total_trials: 2, max_concurrent_trials: 2}
"""

POLICY = """
import signal, subprocess, sys
x = float(sys.argv[1])
if x == 1:
    for step in range(3):
        log("loss", x, step)
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
    step = 0
    while True:
        log("loss", x, step)
        step += 1
        time.sleep(0.1)
"""


@contextmanager
def emulator(folder: Path, programs: DaskPrograms, **settings: Any) -> Iterator[tuple[ServedEmulator, State]]:
    values = {"executor": "dask", "dask_address": programs.address, "dask_scratch": str(folder / "scratch"), **settings}
    with ServedEmulator(executor="process", settings=values) as made:
        yield made, State(made.emulator.place.state_dir)


def submit(made: ServedEmulator, folder: Path, text: str, code: str) -> str:
    (folder / "code").mkdir()
    (folder / "code" / "train.py").write_text(LOG_METRIC + code)
    (folder / "job.yml").write_text(text)
    with made.client() as client:
        return str(client.jobs.create_or_update(load_job(folder / "job.yml")).name)


def supervisors(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"{folder}/scratch/program-".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def test_a_worker_that_is_cut_off_and_comes_back_late_is_refused_by_its_token(
    cluster: Callable[..., DaskPrograms], tmp_path: Path
) -> None:
    with emulator(tmp_path, cluster(2), lease_seconds=1.5) as (made, state):
        name = submit(made, tmp_path, COMMAND.format(command=f"python train.py {tmp_path}"), CUT_OFF)
        wait_until(lambda: (tmp_path / "up1").exists())
        stopped = supervisors(tmp_path)
        try:
            for pid in stopped:  # the trial itself goes on
                os.kill(pid, signal.SIGSTOP)
            wait_until(lambda: (tmp_path / "2").exists())
            (tmp_path / "go").touch()
            wait_until(lambda: (tmp_path / "1").exists())
        finally:
            for pid in stopped:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        wait_until(lambda: state.has_ended(name))
        assert ((tmp_path / "1").read_text(), (tmp_path / "2").read_text()) == ("refused 409", "taken")
        assert state.status(name) == "Completed"
        [(job, _, _, ends)] = state.below(name)
        assert (ends, state.values(job, "loss")) == (1, [2.0])
        wait_until(lambda: not left_over(state, tmp_path))


def test_early_termination_ends_what_a_trial_has_started_on_its_worker_within_the_grace(
    cluster: Callable[..., DaskPrograms], tmp_path: Path
) -> None:
    with emulator(tmp_path, cluster(2), lease_seconds=3.0, kill_grace=0.5) as (made, state):
        name = submit(made, tmp_path, SWEEP, POLICY)
        wait_until(lambda: state.has_ended(name))
        statuses = [status for _, _, status, _ in state.below(name)]
        assert statuses == ["Completed", "Completed", "Canceled"]
        # The supervisor itself is about to end; nothing that the trial started is left by now.
        assert set(left_over(state, tmp_path)) <= set(supervisors(tmp_path))
        wait_until(lambda: not left_over(state, tmp_path))


def test_a_gigabyte_of_output_comes_back_with_little_memory(
    cluster: Callable[..., DaskPrograms], tmp_path: Path
) -> None:
    with emulator(tmp_path, cluster(1)) as (made, state):
        command = f"mkdir -p outputs && head -c {GIGABYTE} /dev/zero > outputs/big"
        before = _memory()
        name = submit(made, tmp_path, COMMAND.format(command=command), "")
        peak = 0

        def ended() -> bool:
            nonlocal peak
            peak = max(peak, _memory())
            return state.has_ended(name)

        wait_until(ended, 200.0)
        assert state.status(name) == "Completed"
        [file] = made.emulator.place.state_dir.glob(f"artifacts/*/ExperimentRun/dcid.{name}/outputs/big")
        assert file.stat().st_size == GIGABYTE
        assert peak - before < 150_000_000


def _memory() -> int:
    """Resident bytes of this process, which is the emulator's."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
