"""What the page of a job shows, gathered from the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.lifecycle import ENDED
from emulator.store import events, jobs, labels, metrics
from emulator.store.jobs import Job

_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial in the table of a sweep."""

    job: Job
    parameters: Mapping[str, Any]
    best: float | None
    count: int


@dataclass(frozen=True, slots=True)
class LogFile:
    """One log: its artifact path, its size in bytes and the end of its text."""

    path: str
    size: int
    tail: str


@dataclass(frozen=True, slots=True)
class JobView:
    """All that the page of one job shows; `trials` are in order, the best one is named by `best`."""

    job: Job
    parent: Job | None
    metric: str | None
    goal: str | None
    best: TrialRow | None
    columns: Sequence[str]
    trials: Sequence[TrialRow]
    series: Sequence[metrics.Series]
    tags: Mapping[str, str]
    events: Sequence[events.Event]
    logs: Sequence[LogFile]

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.job.status in ENDED


def view(conn: sqlite3.Connection, job: Job, artifacts: Path) -> JobView:
    """Gather the page of a job.

    Parameters:
        conn: a reader.
        job: the job.
        artifacts: folder of its run's artifacts; it may not exist yet.
    """
    objective = job.body.get("objective") or {}
    metric = objective.get("primaryMetric")
    goal = str(objective.get("goal", "")) or None
    trials = [_row(conn, child, metric, goal) for child in jobs.children(conn, job.id)]
    best_name = labels.of(conn, job.id, "property").get("best_child_run_id")
    return JobView(
        job=job,
        parent=jobs.get(conn, job.parent) if job.parent is not None else None,
        metric=metric,
        goal=goal,
        best=next((row for row in trials if row.job.name == best_name), None),
        columns=list(dict.fromkeys(name for row in trials for name in row.parameters)),
        trials=trials,
        series=metrics.of(conn, job.id),
        tags={key: value for key, value in labels.of(conn, job.id, "tag").items() if not key.startswith("_aml_system")},
        events=events.history(conn, job.id),
        logs=_logs(artifacts),
    )


def _row(conn: sqlite3.Connection, child: Job, metric: str | None, goal: str | None) -> TrialRow:
    series = metrics.find(conn, child.id, metric) if metric else None
    best = series.best(goal or "") if series else None
    return TrialRow(child, child.parameters or {}, best, series.count if series else 0)


def _logs(artifacts: Path) -> list[LogFile]:
    folders = [artifacts / name for name in ("user_logs", "azureml-logs", "system_logs", "logs")]
    files = sorted(file for folder in folders if folder.is_dir() for file in folder.rglob("*") if file.is_file())
    return [LogFile(file.relative_to(artifacts).as_posix(), file.stat().st_size, _tail(file)) for file in files]


def _tail(file: Path) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _TAIL_BYTES))
        return stream.read(_TAIL_BYTES).decode("utf-8", "replace")
