"""States for the studio to show: sweeps and lists of jobs that never ran, small and large."""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.engine.termination.base import Decision
from emulator.storage import Database, decisions, events, jobs, labels, metrics
from emulator.storage.jobs import JobId, NewJob
from emulator.storage.metrics import Point

WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000001", "vision", "research")
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'{{7*7}}%{x}'

_BODY: Mapping[str, Any] = {
    "jobType": "Sweep",
    "computeId": "/subscriptions/s/resourceGroups/g/providers/p/workspaces/w/computes/gpu-cluster",
    "objective": {"goal": "Maximize", "primaryMetric": "accuracy"},
    "searchSpace": {
        "lr": ["loguniform", [-9.2, -2.3]],
        "batch_size": ["choice", [[16, 32, 64, 128]]],
        "dropout": ["uniform", [0, 0.5]],
        "optimizer": ["choice", [["sgd", "adam", "adamw"]]],
    },
    "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 7},
    "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 60, "maxConcurrentTrials": 4, "timeout": "PT2H"},
    "earlyTermination": {"policyType": "Bandit", "slackFactor": 0.1, "evaluationInterval": 2, "delayEvaluation": 4},
    "trial": {
        "command": "python train.py --lr ${{search_space.lr}} --batch-size ${{search_space.batch_size}}",
        "environmentId": "azureml:AzureML-acpt-pytorch-2.2-cuda12.1:12",
    },
}


def job(conn: sqlite3.Connection, name: str, created: float, **changes: Any) -> JobId:
    """A job without trials."""
    fields: dict[str, Any] = {
        "workspace": WORKSPACE, "name": name, "type": "Sweep", "experiment": "resnet-tuning", "body": _BODY,
        "created": created, "created_by": "amlet", "display_name": name,
    } | changes  # fmt: skip
    return jobs.create(conn, NewJob(**fields))


def sweep(
    conn: sqlite3.Connection,
    name: str,
    created: float,
    *,
    trials: int = 24,
    steps: int = 20,
    slots: int = 4,
    running: int = 0,
    policy: bool = True,
    algorithm: Mapping[str, Any] | None = None,
    **changes: Any,
) -> JobId:
    """A sweep whose trials learn, some are stopped early, one fails; the last `running` of them still run."""
    dice = random.Random(7)
    limits = {**_BODY["limits"], "maxTotalTrials": trials, "maxConcurrentTrials": slots}
    body = {**_BODY, "limits": limits, "samplingAlgorithm": algorithm or _BODY["samplingAlgorithm"]}
    parent = job(conn, name, created, **{"body": body} | changes)
    events.move(conn, parent, JobStatus.RUNNING, created + 1)
    free = [created + 2.0] * slots
    best: tuple[float, str] = (-1.0, "")
    leading: dict[int, float] = {}
    for index in range(trials):
        values = _parameters(dice)
        slot = min(range(slots), key=free.__getitem__)
        start = free[slot]
        child = job(
            conn, f"{name}_{index}", start - 0.5, type="Command", parent=parent, trial=index, parameters=values,
            body={**_BODY["trial"], "parameters": values, "computeId": _BODY["computeId"]},
            experiment=changes.get("experiment", "resnet-tuning"),
        )  # fmt: skip
        events.move(conn, child, JobStatus.QUEUED, start - 0.5)
        events.move(conn, child, JobStatus.RUNNING, start)
        curve = _curve(dice, values, steps)
        cut = _cut(conn, parent, index, curve, leading, start) if policy and index >= slots else None
        failed = index == trials // 2
        shown = curve[: cut or (3 if failed else steps // 2 if index >= trials - running else steps)]
        points = [("accuracy", Point(value, start + n, n)) for n, value in enumerate(shown)]
        losses = [("loss", Point(1.6 * (1 - value), start + n, n)) for n, value in enumerate(shown)]
        metrics.append(conn, child, points + losses)
        best = max(best, (max(shown), f"{name}_{index}"))
        end = start + len(shown) + dice.random()
        free[slot] = end
        if cut:
            events.move(conn, child, JobStatus.CANCEL_REQUESTED, end, "early termination policy")
            events.move(conn, child, JobStatus.CANCELED, end, "early termination policy")
        elif failed:
            jobs.set_error(conn, child, {"code": "UserError", "message": "exit code 1",
                                         "lastLines": ["CUDA out of memory"]})  # fmt: skip
            events.move(conn, child, JobStatus.FAILED, end, "exit code 1")
        elif index < trials - running:
            _complete(conn, child, end)
    labels.merge(conn, parent, "property", {"best_child_run_id": best[1], "score": repr(best[0])})
    labels.merge(conn, parent, "tag", {"team": "vision", "dataset": "imagenet-1k"})
    if not running:
        _complete(conn, parent, max(free) + 1)
    return parent


def pipeline(
    conn: sqlite3.Connection, name: str, created: float, ways: Mapping[str, JobStatus | None], **changes: Any
) -> JobId:
    """A pipeline whose steps each need the one before them; one without a status has no run.

    A step that is called `sweep` is a sweep with three trials.
    """
    before = [None, *ways][: len(ways)]
    nodes = {
        step: _node("sweep" if step == "sweep" else "command", one) for step, one in zip(ways, before, strict=True)
    }
    ended = not any(status is JobStatus.RUNNING for status in ways.values())
    failed = JobStatus.FAILED in ways.values()
    body = {"jobType": "Pipeline", "jobs": nodes, "settings": {}}
    whole = job(conn, name, created, type="Pipeline", body=body, **changes)
    events.move(conn, whole, JobStatus.RUNNING, created)
    for place, (step, status) in enumerate(ways.items()):
        if status is None:
            continue
        at, run = created + 5 * place, f"{name}-{place}"
        own = {"parent": whole, "trial": place, "display_name": step}
        if step == "sweep":
            sweep(conn, run, at, trials=3, steps=4, policy=False, **own)
            continue
        command = {"jobType": "Command", "command": "true", "environmentId": "e:1"}
        child = job(conn, run, at, type="Command", body=command, **own)
        events.move(conn, child, JobStatus.RUNNING, at + 1)
        if status is JobStatus.FAILED:
            jobs.set_error(conn, child, {"code": "UserError", "message": "exit code 3", "lastLines": ["out of memory"]})
            events.move(conn, child, JobStatus.FAILED, at + 4)
        elif status is JobStatus.COMPLETED:
            _complete(conn, child, at + 4)
    if ended and failed:
        error = {"code": "UserError", "message": "Pipeline has failed child jobs."}
        jobs.set_error(conn, whole, error)
        events.move(conn, whole, JobStatus.FAILED, created + 5 * len(ways))
    elif ended:
        _complete(conn, whole, created + 5 * len(ways))
    return whole


def _node(kind: str, producer: str | None) -> dict[str, Any]:
    bound = {} if producer is None else {"i": {"value": f"${{{{parent.jobs.{producer}.outputs.o}}}}"}}
    component = WORKSPACE.child("components", "c", "1")
    named = {"trial": {"componentId": component}} if kind == "sweep" else {"componentId": component}
    return {"type": kind, "inputs": bound, **named}


def job_list(conn: sqlite3.Connection, count: int, now: float) -> None:
    """Many small jobs, oldest first."""
    dice = random.Random(3)
    for number in range(count):
        created = now - (count - number) * 600
        one = job(
            conn, f"job-{number:05d}", created, type="Command", experiment=f"experiment-{number % 7}",
            body={"jobType": "Command", "command": "python train.py", "environmentId": "azureml:env:1"},
            tags={"batch": str(number % 50)},
        )  # fmt: skip
        events.move(conn, one, JobStatus.RUNNING, created + 2)
        ending = dice.choices((None, JobStatus.FAILED, JobStatus.CANCELED), (8, 1, 1))[0]
        end = created + 2 + dice.random() * 500
        if ending:
            events.move(conn, one, ending, end)
        else:
            _complete(conn, one, end)


def hostile(conn: sqlite3.Connection, created: float) -> JobId:
    """A sweep in which every text that a user can choose is markup."""
    objective = {"goal": "Minimize", "primaryMetric": HOSTILE}
    parent = job(
        conn, "hostile", created, display_name=HOSTILE, description=HOSTILE, tags={HOSTILE: HOSTILE},
        experiment="hostile", body={**_BODY, "objective": objective},
    )  # fmt: skip
    events.move(conn, parent, JobStatus.RUNNING, created)
    for index in range(3):
        values = {HOSTILE: f"{HOSTILE}{index}", "x": index}
        child = job(conn, f"hostile_{index}", created, type="Command", parent=parent, trial=index, parameters=values,
                    experiment="hostile", display_name=HOSTILE)  # fmt: skip
        events.move(conn, child, JobStatus.RUNNING, created + 1)
        metrics.append(conn, child, [(HOSTILE, Point(index + n, created + n, n)) for n in range(4)])
        jobs.set_error(conn, child, {"code": "UserError", "message": HOSTILE, "lastLines": [HOSTILE]})
        events.move(conn, child, JobStatus.FAILED, created + 9, HOSTILE)
    decisions.append(conn, parent, created, "policy", Decision("Bandit", 1, 2, 2.0, 1.0, 2, 0, 0.9, True))
    return parent


def log(folder: Path, text: str, name: str = "user_logs/std_log.txt") -> Path:
    """A file among the artifacts of a run."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def write(store: Database, work: Any, *arguments: Any, **options: Any) -> Any:
    """Store something at once."""
    return store.write(lambda conn: work(conn, *arguments, **options)).result()


def _complete(conn: sqlite3.Connection, one: JobId, at: float) -> None:
    events.move(conn, one, JobStatus.FINALIZING, at)
    events.move(conn, one, JobStatus.COMPLETED, at)


def _parameters(dice: random.Random) -> dict[str, Any]:
    return {
        "lr": math.exp(dice.uniform(-9.2, -2.3)),
        "batch_size": dice.choice([16, 32, 64, 128]),
        "dropout": dice.uniform(0, 0.5),
        "optimizer": dice.choice(["sgd", "adam", "adamw"]),
    }


def _curve(dice: random.Random, values: Mapping[str, Any], steps: int) -> list[float]:
    """Learning that is good where the learning rate is about 0.003."""
    distance = abs(math.log(values["lr"] / 0.003)) / 4
    top = 0.93 - 0.35 * min(distance, 1) ** 1.5 - 0.1 * abs(values["dropout"] - 0.2)
    pace = 3 + 6 * dice.random()
    return [top * (1 - math.exp(-(n + 1) * pace / steps)) + dice.gauss(0, 0.006) for n in range(steps)]


def _cut(
    conn: sqlite3.Connection, parent: JobId, trial: int, curve: list[float], leading: dict[int, float], start: float
) -> int | None:
    """Where a bandit policy stops the curve; every decision is kept."""
    for interval in range(4, len(curve), 2):
        value = max(curve[:interval])
        reference = leading.get(interval)
        threshold = None if reference is None else reference / 1.1
        stops = threshold is not None and value < threshold
        leader = None if reference is None else 0
        verdict = Decision("Bandit", trial, interval, value, threshold, trial, leader, reference, stops)
        decisions.append(conn, parent, start + interval, "policy", verdict)
        leading[interval] = max(value, reference or value)
        if stops:
            return interval
    return None
