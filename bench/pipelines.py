"""What a pipeline costs beyond the processes of its steps: pipelines of no-op steps against bare processes, in one run.

    python bench/pipelines.py [--rounds 3] [--steps 2 20 100 200] [--concurrent 4] [--folder FOLDER]

Floor: the same `python -c pass`, each in a session of its own, as many at once as the compute has nodes (one, where
each step needs the one before it). Ours: a pipeline of such steps through store, job runner, folders and logs, after a
pipeline of one step; its steps are deterministic and differ by a literal, so that each looks for an equal one in vain.
Rounds are interleaved, and the table shows medians; `flat` is the wall time per step against that of the fewest steps.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rows import Row, add_option, write

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.trials import Cost, bare, running, timed
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.clock import RealClock
from emulator.runner.job_runner import ThreadedJobRunner
from emulator.storage import Database, assets, events, jobs
from emulator.storage.jobs import JobId, NewJob

WORKSPACE = WorkspaceId("bench", "bench", "bench")
_LOOK = 0.02  # of the time that has passed: how long it is until the next look whether the pipeline has ended
_FOLDER = {"type": "uri_folder"}


def independent(steps: int) -> dict[str, Any]:
    """Steps that need nothing of each other."""
    return {f"s{number}": _step(number) for number in range(steps)}


def chain(steps: int) -> dict[str, Any]:
    """Steps each of which needs the one before it."""
    return {f"s{number}": _step(number, f"s{number - 1}" if number else None) for number in range(steps)}


def _step(number: int, before: str | None = None) -> dict[str, Any]:
    given = {"n": {"value": str(number), "job_input_type": "literal"}}
    if before is not None:
        given["i"] = {"value": f"${{{{parent.jobs.{before}.outputs.o}}}}", "job_input_type": "literal"}
    return {"type": "command", "componentId": WORKSPACE.child("components", "step", "1"), "inputs": given}


def piped(steps: Mapping[str, Any], concurrent: int, folder: Path) -> Cost:
    """Ours."""
    with running(folder, concurrent) as (store, job_runner, _):
        store.write(_register).result()
        _run(store, job_runner, "warm", independent(1))
        again = {name: {**step, "environment_variables": {"ROUND": "2"}} for name, step in steps.items()}
        return timed(lambda: _run(store, job_runner, "night", again), len(steps))


def _register(conn: sqlite3.Connection) -> None:
    spec = {
        "type": "command",
        "command": "python -c pass",
        "environment": "azureml:env:1",
        "inputs": {"n": {"type": "string"}, "i": {**_FOLDER, "optional": "True"}},
        "outputs": {"o": _FOLDER},
    }
    assets.put(conn, WORKSPACE, "components", "step", "1", {"componentSpec": spec}, 0.0)


def _run(store: Database, job_runner: ThreadedJobRunner, name: str, steps: Mapping[str, Any]) -> None:
    body = {"jobType": "Pipeline", "jobs": dict(steps), "settings": {}}

    def put(conn: sqlite3.Connection) -> JobId:
        job = jobs.create(conn, NewJob(WORKSPACE, name, "Pipeline", "bench", body, RealClock().now(), "bench"))
        events.move(conn, job, JobStatus.PREPARING, RealClock().now())
        return job

    job = store.write(put).result()
    began = time.perf_counter()
    job_runner.submit(job)
    while events.current(store.reader(), job) is not JobStatus.COMPLETED:
        if events.current(store.reader(), job) is JobStatus.FAILED:
            raise SystemExit(f"the pipeline failed: {jobs.get(store.reader(), job).error}")
        time.sleep(max(0.001, _LOOK * (time.perf_counter() - began)))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, nargs="+", default=[2, 20, 100, 200])
    parser.add_argument("--concurrent", type=int, default=4, help="nodes of the compute")
    parser.add_argument("--folder", help="where the state directories are made; by default the temporary folder")
    add_option(parser)
    options = parser.parse_args()
    rows = []
    shapes: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
        "chain": (chain, 1),
        "independent": (independent, options.concurrent),
    }
    print(f"{'':>12} {'steps':>6} {'bare ms':>8} {'ours ms':>8} {'ratio':>6} {'flat':>6} {'own CPU ms':>11}   per step")
    for shape, (steps_of, at_once) in shapes.items():
        first = None
        for steps in options.steps:
            costs: dict[str, list[Cost]] = {"bare": [], "ours": []}
            for _ in range(options.rounds):
                with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                    costs["bare"].append(bare(steps, at_once, Path(folder)))
                with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                    costs["ours"].append(piped(steps_of(steps), options.concurrent, Path(folder)))
            floor, ours = (statistics.median(one.wall for one in costs[side]) for side in ("bare", "ours"))
            own = statistics.median(one.own for one in costs["ours"])
            first = first or ours
            row = f"{floor:8.1f} {ours:8.1f} {ours / floor:6.2f} {ours / first:6.2f} {own:11.1f}"
            print(f"{shape:>12} {steps:6d} {row}", flush=True)
            asked = (1.5, 1.2) if steps >= 200 else (None, None)
            what = f"pipeline, {shape}, {steps} steps of `python -c pass`, wall"
            rows.append(Row(what, "bare Popen (floor)", ours / floor, *asked, less=True))
    write(rows, options.json)


if __name__ == "__main__":
    main()
