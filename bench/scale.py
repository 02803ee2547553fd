"""What a trial costs by where it runs: as a bare process, with `process`, with `dask` and 1 to 8 workers.

    python bench/scale.py [--trials 40] [--workers 1 2 4 8] [--times 20] [--long 0] [--jobs 0]

Sweeps of trials that do nothing, on `dask scheduler` and `dask worker` of the official command line on loopback. `own`
is the CPU time of the emulator's own process, its listeners included. Then: how long it takes from a cancel to the end
of the last process, and from `kill -9` of a worker to the next attempt; how many bytes a trial brings over the
emulator's port and through the scheduler, the first time on a host (cold) and later (warm). `--long 1000` runs one
sweep of so many trials on four workers, and shows CPU time and memory of each quarter: nothing may grow. `--jobs 10000`
fills one store with three times as many, and shows what it takes. On a busy machine trust the CPU column, and the ratio
of `dask` to `process`.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import pickle
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from rows import Row, add_option, write

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import distributed

from amlet.testing import emulator_instance
from amlet.testing.ports import Ports
from amlet.testing.served import ServedEmulator
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.executors.process_table import processes
from emulator.executors.state_identity import identify
from emulator.executors.supervisor_program import supervisor_program
from emulator.server.process import loop_factory
from emulator.storage import Database, events, jobs, metrics
from gateway import load_job
from tests.emulator.executors.dask_programs import DaskPrograms

WORKSPACE = WorkspaceId("bench", "bench", "bench")
_LOOK = 0.02  # seconds; more often would itself cost what is measured
JOB = """
type: sweep
trial: {{command: "{command}", code: ./code, environment: "azureml:env:1"}}
search_space: {{x: {{type: uniform, min_value: 0, max_value: 1}}}}
sampling_algorithm: {{type: random, seed: 3}}
objective: {{goal: minimize, primary_metric: loss}}
limits: {{max_total_trials: {trials}, max_concurrent_trials: {at_once}}}
compute: azureml:cpu
"""


def serve_as_started(ports: Ports, listeners: list[Any]) -> None:
    """Serve with the event loop that `amlet emulator start` has: its CPU time is what counts."""

    async def serve() -> None:
        await asyncio.gather(*(server.serve([listener]) for server, listener in listeners))

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve())


class Traffic:
    """Counts the bytes of bodies that an application takes and gives."""

    total = 0

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def counted_receive() -> Any:
            message = await receive()
            Traffic.total += len(message.get("body", b""))
            return message

        async def counted_send(message: Any) -> None:
            Traffic.total += len(message.get("body", b""))
            await send(message)

        await self._app(scope, counted_receive, counted_send)


class Cost(NamedTuple):
    """Milliseconds per trial: of wall time, and of the emulator's own CPU time."""

    wall: float
    own: float


@contextmanager
def emulator(folder: Path, cluster: DaskPrograms | None, **settings: Any) -> Iterator[ServedEmulator]:
    """An emulator that runs trials on a cluster, or on this machine without one."""
    if cluster:
        with distributed.Client(cluster.address, set_as_default=False) as client:
            client.wait_for_workers(len(cluster.workers))
        settings |= {"executor": "dask", "dask_address": cluster.address, "dask_scratch": str(folder / "scratch")}
    with ServedEmulator(executor="process", settings=settings, seed=1) as made:
        yield made


def submit(made: ServedEmulator, folder: Path, command: str, trials: int, at_once: int) -> str:
    """Submit a sweep; its name."""
    (folder / "code").mkdir(exist_ok=True)
    for name in ("train.py", "model.py", "data.py"):
        (folder / "code" / name).write_text("pass\n" * 50)
    (folder / "job.yml").write_text(JOB.format(command=command, trials=trials, at_once=at_once))
    with made.client() as client:
        return str(client.jobs.create_or_update(load_job(folder / "job.yml")).name)


def rows(made: ServedEmulator, statement: str, *values: object) -> list[Any]:
    """What the store says."""
    return made.emulator.store.reader().execute(statement, values).fetchall()


def until(found: Callable[[], bool]) -> None:
    """Wait for something."""
    while not found():
        time.sleep(_LOOK)


def sweep(made: ServedEmulator, folder: Path, trials: int, at_once: int) -> Cost:
    """Run a sweep of trials that do nothing."""
    name = submit(made, folder, "python -c pass", trials, at_once)
    wall, own = time.perf_counter(), _own()
    until(lambda: rows(made, "SELECT status FROM jobs WHERE name = ?", name) == [("Completed",)])
    return Cost(1000 * (time.perf_counter() - wall) / trials, 1000 * (_own() - own) / trials)


class Part(NamedTuple):
    """A quarter of a long sweep: milliseconds of the emulator's CPU time per trial, and its memory in MB at the end."""

    own: float
    memory: float


def long_sweep(made: ServedEmulator, folder: Path, trials: int, at_once: int) -> list[Part]:
    """Run one sweep of trials that do nothing; what each of its quarters cost."""
    name = submit(made, folder, "python -c pass", trials, at_once)
    ended = "SELECT count(*) FROM jobs WHERE name GLOB ? AND status = 'Completed'"
    parts, before = [], _own()
    for quarter in (1, 2, 3, 4):
        until(lambda quarter=quarter: rows(made, ended, f"{name}_*")[0][0] >= trials * quarter // 4)
        now = _own()
        parts.append(Part(4000 * (now - before) / trials, _memory()))
        before = now
    return parts


def _memory() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _own() -> float:
    """Seconds of CPU time of this process, without those of the thread that looks on."""
    return time.process_time() - time.thread_time()


def bare(trials: int, folder: Path) -> Cost:
    """The floor."""
    wall = time.perf_counter()
    for number in range(trials):
        with (folder / f"{number}.txt").open("wb") as log:
            subprocess.Popen([sys.executable, "-c", "pass"], stdout=log, stderr=log, start_new_session=True).wait()
    return Cost(1000 * (time.perf_counter() - wall) / trials, 0.0)


def alive(made: ServedEmulator) -> int:
    """Processes of an emulator's trials."""
    state = identify(made.emulator.store, made.emulator.place.state_dir).id
    return sum(1 for one in processes() if one.mark and one.mark.startswith(f"{state}/"))


def cancels(made: ServedEmulator, folder: Path, times: int) -> list[float]:
    """Seconds from a cancel to the end of the last process of a trial that sleeps."""
    found = []
    with made.client() as client:
        for _ in range(times):
            name = submit(made, folder, "sleep 1000", 1, 1)
            until(lambda: alive(made) > 0)
            start = time.perf_counter()
            client.jobs.begin_cancel(name)
            until(lambda: alive(made) == 0)
            found.append(time.perf_counter() - start)
            until(lambda name=name: rows(made, "SELECT status FROM jobs WHERE name = ?", name) == [("Canceled",)])
    return found


def losses(made: ServedEmulator, folder: Path, cluster: DaskPrograms, times: int) -> list[float]:
    """Seconds from `kill -9` of the worker of a trial to the lease of its next attempt by another worker."""
    found = []
    name = submit(made, folder, "sleep 1000", 1, 1)
    last = "SELECT a.number, a.worker FROM attempts a WHERE a.state = 'leased' ORDER BY a.number DESC LIMIT 1"
    until(lambda: alive(made) > 0)
    for _ in range(times):
        until(lambda: bool(rows(made, last)))
        [(number, worker)] = rows(made, last)
        with distributed.Client(cluster.address, set_as_default=False) as client:
            client.wait_for_workers(len(cluster.workers))
            pids = client.run(os.getpid)
        [index] = [i for i, one in enumerate(cluster.workers) if one.pid == pids[worker]]
        start = time.perf_counter()
        cluster.kill_worker(index)
        until(lambda number=number: any(row[0] > number for row in rows(made, last)))
        found.append(time.perf_counter() - start)
    with made.client() as client:
        client.jobs.begin_cancel(name)
    until(lambda: alive(made) == 0)
    return found


def quantiles(found: list[float]) -> tuple[float, float]:
    """Median and 99th percentile (of few values: the largest)."""
    found = sorted(found)
    return statistics.median(found), found[math.ceil(0.99 * len(found)) - 1]


def shipped(made: ServedEmulator, folder: Path) -> list[int]:
    """Bytes over the emulator's port for a first and a second trial."""
    found = []
    for _ in range(2):
        before = Traffic.total
        name = submit(made, folder, "python -c pass", 1, 1)
        submitted = Traffic.total
        until(lambda name=name: rows(made, "SELECT status FROM jobs WHERE name = ?", name) == [("Completed",)])
        found.append(Traffic.total - submitted)
        assert before <= submitted
    return found


def one_file(folder: Path, jobs_at_once: int) -> Iterator[Row]:
    """Fill one store with jobs and points, and say how fast it takes them."""
    store = Database.open(folder / "amlet.db")
    number = 0
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(jobs_at_once):
            number += 1
            store.write(partial(_store_job, name=f"job{number}"))
        store.write(lambda conn: None).result()
        jobs_rate = jobs_at_once / (time.perf_counter() - start)
        start = time.perf_counter()
        for step in range(20_000):
            point = metrics.Point(1.0, 1.0, step)
            job = number - step % 100
            store.write(lambda conn, job=job, point=point: metrics.append(conn, job, [("loss", point)]))
        store.write(lambda conn: None).result()
        rate = 20_000 / (time.perf_counter() - start)
        start = time.perf_counter()
        for _ in range(20):
            store.write(
                lambda conn, job=number: metrics.append(conn, job, [("w", metrics.Point(1.0, 1.0, 0))])
            ).result()
        one = (time.perf_counter() - start) / 20
        size = sum(file.stat().st_size for file in folder.glob("amlet.db*")) / 1e6
        print(
            f"{number:,} jobs, {size:.0f} MB: {jobs_rate:,.0f} jobs/s, {rate:,.0f} points/s, "
            f"{1000 * one:.2f} ms for one acknowledged write",
            flush=True,
        )
    store.close()
    yield Row(f"jobs per second that one store takes, {number:,} jobs in it", "", jobs_rate, unit="/s")
    yield Row("points per second that it takes, one at a time", "", rate, unit="/s")
    yield Row("one acknowledged write of it", "", 1000 * one, less=True, unit="ms")


def _store_job(conn: sqlite3.Connection, name: str) -> None:
    body = {"jobType": "Command", "command": "true", "environmentId": "env:1"}
    job = jobs.create(conn, jobs.NewJob(WORKSPACE, name, "Command", "bench", body, 1.0, "bench"))
    for status in (JobStatus.STARTING, JobStatus.QUEUED, JobStatus.RUNNING):
        events.move(conn, job, status, 2.0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 8])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=0)
    add_option(parser)
    options = parser.parse_args()
    made_app: Any = emulator_instance.app_of
    Ports._run = serve_as_started  # type: ignore[method-assign]
    emulator_instance.app_of = lambda of: Traffic(made_app(of))  # type: ignore[assignment]
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found += overheads(folder, options.trials, options.workers)
        if options.times:
            found += moments(folder, options.times)
        if options.long:
            found += growth(folder, options.long)
        if options.jobs:
            (folder / "one").mkdir()
            found += one_file(folder / "one", options.jobs)
    write(found, options.json)


def overheads(folder: Path, trials: int, workers: list[int]) -> Iterator[Row]:
    """What a trial that does nothing costs, by where it runs."""
    print(f"{'':>10} {'wall ms':>8} {'trials/s':>9} {'own ms':>7}   per trial, {trials} trials")
    _tell("bare", bare(trials, folder))
    with emulator(folder, None) as made:
        sweep(made, folder, 1, 1)
        process = sweep(made, folder, trials, os.cpu_count() or 1)
    _tell("process", process)
    for count in workers:
        with dask_cluster(folder / f"dask{count}", count) as cluster, emulator(folder, cluster) as made:
            cold, warm = shipped(made, folder)
            cost = sweep(made, folder, trials, count)
        _tell(f"dask {count}", cost)
        if count == workers[-1]:
            at = f"a no-op trial on a Dask cluster of {count} workers"
            yield Row(f"{at}, own CPU", "", cost.own, 15.0, less=True, unit="ms")
            yield Row(f"{at}, own CPU", "the same with processes", cost.own / process.own, less=True)
            yield Row(f"{at}, trials per second", "", 1000 / cost.wall, unit="/s")
            program = supervisor_program()
            task = len(pickle.dumps((program.start, program.archive)))
            print(f"\nbytes over the port, cold and warm: {cold:,} and {warm:,}", end="; ")
            print(f"through the scheduler: {task:,}, then {len(program.start):,}")
            yield Row("bytes for a trial, first on its host", "", cold / 1000, less=True, unit="kB")
            yield Row("bytes for a trial, later", "", warm / 1000, less=True, unit="kB")


def moments(folder: Path, times: int) -> Iterator[Row]:
    """How long it takes to end a trial, and to start one again that was lost."""
    with dask_cluster(folder / "moments", 2) as cluster, emulator(folder, cluster, attempt_limit=1_000_000) as made:
        for what, seconds in (
            ("cancel to the end of the last process on a worker", cancels(made, folder, times)),
            ("kill -9 of a worker to the next attempt", losses(made, folder, cluster, times)),
        ):
            middle, most = quantiles(seconds)
            print(f"{what}: p50 {middle:.3f} s, p99 {most:.3f} s of {times}", flush=True)
            yield Row(f"{what}, median", "", middle, less=True, unit="s")
            yield Row(f"{what}, p99", "", most, less=True, unit="s")


def growth(folder: Path, trials: int) -> Iterator[Row]:
    """Whether a long sweep costs more in its end than in its beginning."""
    with dask_cluster(folder / "long", 4) as cluster, emulator(folder, cluster) as made:
        sweep(made, folder, 20, 4)
        parts = long_sweep(made, folder, trials, 4)
    texts = ", ".join(f"{one.own:.1f} ms, {one.memory:.0f} MB" for one in parts)
    print(f"{trials} trials in one sweep, own CPU per trial and memory, by quarters: {texts}", flush=True)
    yield Row(
        f"{trials:,} trials, own CPU of the last quarter", "the first one", parts[-1].own / parts[0].own, less=True
    )
    grown = 1000 * (parts[-1].memory - parts[0].memory) / (0.75 * trials)
    yield Row(f"{trials:,} trials, memory for each after the first quarter", "", grown, less=True, unit="kB")


@contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[DaskPrograms]:
    """A cluster for the time being."""
    cluster = DaskPrograms(folder, workers)
    try:
        yield cluster
    finally:
        cluster.close()


def _tell(name: str, cost: Cost) -> None:
    print(f"{name:>10} {cost.wall:8.1f} {1000 / cost.wall:9.2f} {cost.own:7.2f}", flush=True)


if __name__ == "__main__":
    main()
