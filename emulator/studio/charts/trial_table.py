"""The trials of a sweep by columns: what the table, and every chart but one, is made from."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from contracts.lifecycle import ENDED, JobStatus
from emulator.storage import decisions, labels, trials
from emulator.storage.jobs import Job
from emulator.studio.charts.traces import Role


@dataclass(frozen=True, slots=True)
class TrialTable:
    """One value for each trial in every column; None where it has none.

    Parameters:
        metric, goal: the objective.
        best: row of the best trial, as the sweep itself has it.
        trial, name, status: index, name and status.
        created, started, ended: seconds since the epoch.
        intervals: how many values of the primary metric it logged.
        objective: the best of them.
        cut: the interval at which the policy stopped it.
        parameters: by name, the sampled values.
        metrics: by name, the last value logged; the primary metric too.
    """

    metric: str
    goal: str
    best: int | None
    trial: Sequence[int]
    name: Sequence[str]
    status: Sequence[JobStatus]
    created: Sequence[float]
    started: Sequence[float | None]
    ended: Sequence[float | None]
    intervals: Sequence[int]
    objective: Sequence[float | None]
    cut: Sequence[int | None]
    parameters: Mapping[str, Sequence[Any]]
    metrics: Mapping[str, Sequence[float | None]]

    @property
    def roles(self) -> dict[int, Role]:
        """How each trial is drawn."""
        roles = {}
        for row, trial in enumerate(self.trial):
            if row == self.best:
                roles[trial] = "best"
            elif self.cut[row] is not None:
                roles[trial] = "stopped"
            elif self.status[row] is JobStatus.FAILED:
                roles[trial] = "failed"
            else:
                roles[trial] = "other" if self.status[row] in ENDED else "running"
        return roles

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def trial_table(conn: sqlite3.Connection, sweep: Job) -> TrialTable:
    """The trials of a sweep.

    Parameters:
        conn: a reader.
        sweep: the job.
    """
    metric, goal = objective_of(sweep)
    rows = trials.rows(conn, sweep.id)
    place = {row.number: number for number, row in enumerate(rows)}
    cut: list[int | None] = [None for _ in rows]
    for decision in decisions.cuts(conn, sweep.id):
        if (number := place.get(decision.document["trial"])) is not None:
            cut[number] = decision.document["interval"]
    intervals, objective = [0] * len(rows), _empty(rows)
    logged: defaultdict[str, list[float | None]] = defaultdict(lambda: _empty(rows))
    for found in trials.metrics(conn, sweep.id):
        number = place[found.trial]
        logged[found.key][number] = found.last
        if found.key == metric:
            intervals[number], objective[number] = found.logged, found.best(goal)
    best = labels.of(conn, sweep.id, "property").get("best_child_run_id")
    return TrialTable(
        metric=metric,
        goal=goal,
        best=next((number for number, row in enumerate(rows) if row.name == best), None),
        trial=[row.number for row in rows],
        name=[row.name for row in rows],
        status=[row.status for row in rows],
        created=[row.created for row in rows],
        started=[row.started for row in rows],
        ended=[row.ended for row in rows],
        intervals=intervals,
        objective=objective,
        cut=cut,
        parameters=_columns([orjson.loads(row.parameters) for row in rows]),
        metrics=dict(sorted(logged.items())),
    )


def objective_of(sweep: Job) -> tuple[str, str]:
    """Primary metric and goal; empty where a job has no objective."""
    objective = sweep.body.get("objective") or {}
    return str(objective.get("primaryMetric") or ""), str(objective.get("goal") or "")


def _empty(rows: Sequence[object]) -> list[float | None]:
    return [None for _ in rows]


def _columns(parameters: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for given in parameters for name in given)
    return {name: [_cell(given.get(name)) for given in parameters] for name in names}


def _cell(value: Any) -> Any:
    """A nested value as its JSON text: a cell, and an axis, shows one value."""
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
