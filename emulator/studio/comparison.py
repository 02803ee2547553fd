"""Jobs side by side: in what they differ, what came of each, and their metrics over each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.storage import jobs, labels, metrics, trials
from emulator.storage.jobs import Job
from emulator.studio import text
from emulator.studio.charts.overlay import best_by_trial, colour_of, overlay
from emulator.studio.charts.traces import Figure
from emulator.studio.charts.trial_table import objective_of
from emulator.studio.job_facts import facts_of

#: So many are compared at the most.
MOST = 20
_MOST_METRICS = 12
_POINTS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One property, with its value for each job as text; a dash where a job has none."""

    name: str
    values: Sequence[str]

    @property
    def differs(self) -> bool:
        """Whether the jobs have different values."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Jobs side by side.

    Parameters:
        jobs: in the order in which they were named.
        colours: of their lines.
        given: what each was asked to do.
        results: what came of each.
        missing: names that no job has.
    """

    jobs: Sequence[Job]
    colours: Sequence[str]
    given: Sequence[Row]
    results: Sequence[Row]
    missing: Sequence[str]


def compared(conn: sqlite3.Connection, workspace: WorkspaceId, names: Sequence[str], now: float) -> Comparison:
    """Put jobs side by side.

    Parameters:
        conn: a reader.
        workspace: theirs.
        names: of jobs of any type, trials too; those after the first `MOST` are left out.
        now: seconds since the epoch.
    """
    found, missing = _found(conn, workspace, names)
    return Comparison(
        found,
        [colour_of(place) for place in range(len(found))],
        _rows([_given(conn, job) for job in found]),
        _rows([_result(conn, job, now) for job in found]),
        missing,
    )


def figures(conn: sqlite3.Connection, workspace: WorkspaceId, names: Sequence[str]) -> list[Figure]:
    """The charts of a comparison: of sweeps the best so far, of other runs each metric that was logged more than once.

    Parameters:
        conn: a reader.
        workspace, names: as for `compared`.
    """
    found, _ = _found(conn, workspace, names)
    sweeps: dict[str, list[tuple[int, str, Sequence[tuple[int, float | None]]]]] = {}
    runs: dict[str, list[tuple[int, str, Sequence[tuple[int, float | None]]]]] = {}
    for place, job in enumerate(found):
        name = job.display_name or job.name
        if job.has_trials:
            metric, goal = objective_of(job)
            values = {one.trial: one.best(goal) for one in trials.metrics(conn, job.id) if one.key == metric}
            sweeps.setdefault(metric, []).append((place, name, best_by_trial(goal, sorted(values.items()))))
            continue
        for series in metrics.of(conn, job.id):
            points = metrics.history(conn, job.id, series.key, after=max(0, series.count - _POINTS))
            runs.setdefault(series.key, []).append((place, name, [(n, _finite(one.value)) for n, one in points]))
    drawn = [overlay(f"{metric}, best so far", "trial", lines, steps=True) for metric, lines in sweeps.items()]
    several = [(metric, lines) for metric, lines in runs.items() if any(len(line[2]) > 1 for line in lines)]
    drawn += [overlay(metric, "interval (values logged)", lines, steps=False) for metric, lines in several]
    return drawn[:_MOST_METRICS]


def _finite(value: float) -> float | None:
    return value if value - value == 0 else None


def _found(conn: sqlite3.Connection, workspace: WorkspaceId, names: Sequence[str]) -> tuple[list[Job], list[str]]:
    wanted = {name: jobs.find(conn, workspace, name) for name in list(dict.fromkeys(names))[:MOST]}
    return [job for job in wanted.values() if job], [name for name, job in wanted.items() if job is None]


def _rows(columns: Sequence[Mapping[str, str]]) -> list[Row]:
    names = dict.fromkeys(name for column in columns for name in column)
    return [Row(name, [column.get(name, text.number(None)) for column in columns]) for name in names]


def _given(conn: sqlite3.Connection, job: Job) -> dict[str, str]:
    own: dict[str, Any] = {**labels.of(conn, job.id, "param"), **(job.parameters or {})}
    return {
        **{name: text.number(value) for name, value in own.items()},
        **dict(_flat("search space", job.body.get("searchSpace") or {})),
        **dict(_flat("inputs", job.body.get("inputs") or {})),
        **dict(facts_of(job)),
    }


def _flat(prefix: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        match value:
            case [str(kind), list(arguments)]:
                yield f"{prefix}: {name}", f"{kind}({', '.join(map(_shown, arguments))})"
            case {"uri": uri}:
                yield f"{prefix}: {name}", str(uri)
            case {"value": literal}:
                yield f"{prefix}: {name}", str(literal)
            case _:
                yield f"{prefix}: {name}", _shown(value)


def _shown(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _result(conn: sqlite3.Connection, job: Job, now: float) -> dict[str, str]:
    told = {"Status": str(job.status), "Duration": text.duration(job.started, job.ended or now)}
    if not job.has_trials:
        return told | {f"{one.key} (last)": text.number(one.last.value) for one in metrics.of(conn, job.id)}
    metric, goal = objective_of(job)
    leaders = trials.leaders(conn, job.id, metric, goal, 1)
    best = leaders[0].best(goal) if leaders else None
    counts = trials.counts(conn, job.id)
    ends = ", ".join(f"{count} {status}" for status, count in counts.items())
    return told | {f"Best {metric}": text.number(best), "Trials": f"{sum(counts.values())}: {ends}" if ends else "0"}
