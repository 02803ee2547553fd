"""What a trial costs beyond its own process: sweeps of no-op trials against bare `subprocess.Popen`, in the same run.

    python bench/trials.py [--rounds 3] [--trials 100 500] [--concurrent 4] [--folder FOLDER]

Floor: as many threads as may run at once, each starting `python -c pass` in a session of its own, output into a file,
and waiting for it. Ours: a sweep of the same commands through store, job runner, folders, tokens and logs. Rounds are
interleaved, each of ours after a sweep of one trial; the table shows medians. On a busy machine trust the CPU columns;
a trial makes some twenty files and folders, so that the file system counts too.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rows import Row, add_option, write

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.clock import RealClock
from emulator.identity.keys import SigningKey
from emulator.identity.tokens import TokenAuthority
from emulator.place import Place, blob_container
from emulator.runner.job_runner import ThreadedJobRunner
from emulator.settings import Settings
from emulator.storage import Database, assets, events, jobs
from emulator.storage.jobs import JobId, NewJob
from emulator.trials import provenance

WORKSPACE = WorkspaceId("bench", "bench", "bench")
_LOOK = 0.02  # of the time that has passed: how long it is until the next look whether the sweep has ended


class Cost(NamedTuple):
    """Milliseconds per trial: of wall time, of CPU time of all processes, and of that of the emulator's own."""

    wall: float
    cpu: float
    own: float


def timed(work: Callable[[], None], trials: int) -> Cost:
    """What some work costs per trial."""
    wall, before = time.perf_counter(), os.times()
    work()
    own, children = (sum(os.times()[i : i + 2]) - sum(before[i : i + 2]) for i in (0, 2))
    return Cost(*(1000 * seconds / trials for seconds in (time.perf_counter() - wall, own + children, own)))


def bare(trials: int, concurrent: int, folder: Path) -> Cost:
    """The floor."""
    return _spawned([sys.executable, "-c", "pass"], trials, concurrent, folder)


def shell(trials: int, concurrent: int, folder: Path) -> Cost:
    """The floor of what any command of a job costs: it is a text for the shell."""
    return _spawned(["bash", "-c", f"{sys.executable} -c pass"], trials, concurrent, folder)


def _spawned(command: list[str], trials: int, concurrent: int, folder: Path) -> Cost:
    left = iter(range(trials))
    lock = threading.Lock()

    def one_after_the_other() -> None:
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return
            with (folder / f"{number}.txt").open("wb") as log:
                subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True).wait()

    def work() -> None:
        threads = [threading.Thread(target=one_after_the_other) for _ in range(concurrent)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return timed(work, trials)


@contextmanager
def running(folder: Path, concurrent: int) -> Iterator[tuple[Database, ThreadedJobRunner, Place]]:
    """A job runner with a new state directory, without a server around it.

    Parameters:
        folder: the state directory.
        concurrent: nodes of every compute.
    """
    store = Database.open(folder / "amlet.db")
    place, clock = Place(folder), RealClock()
    tokens = TokenAuthority(SigningKey.kept_in(store), origin=place.https_origin, clock=clock)
    job_runner = ThreadedJobRunner(
        settings=Settings(),
        clock=clock,
        store=store,
        place=place,
        tokens=tokens,
        nodes_of=lambda workspace, compute: concurrent,
        environ={**os.environ, "VIRTUAL_ENV": sys.prefix},
    )
    job_runner.start()
    yield store, job_runner, place
    job_runner.stop()
    store.close()


def swept(trials: int, concurrent: int, folder: Path) -> Cost:
    """Ours."""
    with running(folder, concurrent) as (store, job_runner, place):
        code = place.container(blob_container(WORKSPACE)) / "code"
        code.mkdir(parents=True)
        for name in ("train.py", "model.py", "data.py"):
            (code / name).write_text("pass\n" * 50)
        _sweep(store, job_runner, "warm", 1, 1)
        # What is installed is asked once of each Python, while trials run already.
        while store.reader().execute("SELECT 1 FROM decisions WHERE kind = ?", (provenance.KIND,)).fetchone() is None:
            time.sleep(0.01)
        before = os.times()
        cost = timed(lambda: _sweep(store, job_runner, "sweep", trials, concurrent), trials)
    # What the trials took is known of the process that starts them, once that has ended.
    children = sum(os.times()[2:4]) - sum(before[2:4])
    return cost._replace(cpu=cost.own + 1000 * children / trials)


def _sweep(store: Database, job_runner: ThreadedJobRunner, name: str, trials: int, concurrent: int) -> None:
    sweep = store.write(lambda conn: _store(conn, name, trials, concurrent)).result()
    began = time.perf_counter()
    job_runner.submit(sweep)
    while events.current(store.reader(), sweep) is not JobStatus.COMPLETED:
        time.sleep(max(0.001, _LOOK * (time.perf_counter() - began)))


def _store(conn: sqlite3.Connection, name: str, trials: int, concurrent: int) -> JobId:
    uri = "azureml://datastores/workspaceblobstore/paths/code"
    assets.put(conn, WORKSPACE, "codes", "code", "1", {"codeUri": uri}, 0.0)
    body = {
        "searchSpace": {"lr": ["uniform", [0, 1]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 1},
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "trial": {
            "command": "python -c pass",
            "environmentId": "env:1",
            "codeId": WORKSPACE.child("codes", "code", "1"),
        },
        "limits": {"maxTotalTrials": trials, "maxConcurrentTrials": concurrent},
    }
    sweep = jobs.create(conn, NewJob(WORKSPACE, name, "Sweep", "bench", body, RealClock().now(), "bench"))
    events.move(conn, sweep, JobStatus.RUNNING, RealClock().now())
    return sweep


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trials", type=int, nargs="+", default=[100, 500])
    parser.add_argument("--concurrent", type=int, default=4)
    parser.add_argument(
        "--folder", help="where the state directories are made; the system's temporary folder by default"
    )
    add_option(parser)
    options = parser.parse_args()
    rows = []
    print(f"{'trials':>7} {'':>6} {'wall ms':>8} {'ratio':>6} {'CPU ms':>7} {'ratio':>6} {'own ms':>7}   per trial")
    for trials in options.trials:
        costs: dict[str, list[Cost]] = {"bare": [], "shell": [], "ours": []}
        for _ in range(options.rounds):
            for name, run in (("bare", bare), ("shell", shell), ("ours", swept)):
                with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                    costs[name].append(run(trials, options.concurrent, Path(folder)))
        medians = {name: [statistics.median(p) for p in zip(*found, strict=True)] for name, found in costs.items()}
        for name, (wall, cpu, own) in medians.items():
            ratios = wall / medians["bare"][0], cpu / medians["bare"][1]
            print(f"{trials:7d} {name:>6} {wall:8.2f} {ratios[0]:6.2f} {cpu:7.2f} {ratios[1]:6.2f} {own:7.2f}")
        wall, own, least = medians["ours"][0], medians["ours"][2], medians["bare"][0]
        what = f"{trials} trials of `python -c pass`, {options.concurrent} at once"
        rows.append(Row(f"{what}, wall", "bare Popen (floor)", wall / least, 1.2, 1.12, less=True))
        rows.append(Row(f"{what}, own CPU of a trial", "", own, 3, 3, less=True, unit="ms"))
    write(rows, options.json)


if __name__ == "__main__":
    main()
