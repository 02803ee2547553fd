"""Which chart is made from which rows: the bridge from the store to `charts`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from emulator.storage import decisions, metrics, trials
from emulator.storage.jobs import Job
from emulator.storage.trials import Value
from emulator.studio.charts import charts
from emulator.studio.charts.axis import logarithmic_of
from emulator.studio.charts.charts import Cut, Over
from emulator.studio.charts.parallel import parallel
from emulator.studio.charts.shading import shades
from emulator.studio.charts.traces import Figure
from emulator.studio.charts.trial_table import TrialTable

Scale: TypeAlias = Literal["", "linear", "log"]

#: About so many points are drawn in a chart of curves, and at least so many of each trial.
_POINTS = 10_000
_LEAST = 10
_RECENT_DECISIONS = 5_000
_MOST_AXES = 10
_MOST_METRICS = 24


def sweep_figures(
    conn: sqlite3.Connection,
    sweep: Job,
    table: TrialTable,
    x: str,
    y: str,
    over: Over = "interval",
    scale: Scale = "",
) -> dict[str, Any]:
    """The charts of a sweep, and what the scatter's axes can show.

    Parameters:
        conn: a reader.
        sweep: the job.
        table: its trials.
        x, y: columns of the scatter; the first parameter and the primary metric for a name that is not a column.
        over: what the curves run along.
        scale: of all numeric axes of the parallel coordinates; empty leaves each its own.
    """
    shade = shades(table.goal, table.objective)
    columns = _columns(table)
    x = x if x in columns else next(iter(table.parameters), table.metric)
    y = y if y in columns else table.metric
    nothing = [None for _ in table.trial]
    scales = logarithmic_of(sweep.body.get("searchSpace") or {})
    axes = [(name, table.parameters[name]) for name in list(table.parameters)[:_MOST_AXES]]
    lines = [*axes, (table.metric, table.objective)]
    return {
        "curves": curves(conn, sweep, table, over),
        "best": charts.best_so_far(
            table.metric, table.goal, list(zip(table.trial, table.objective, strict=True)), table.roles
        ),
        "parallel": parallel(lines, table.trial, shade, _scales(lines, scale) if scale else scales),
        "scatter": charts.scatter(
            (x, columns.get(x, nothing)), (y, columns.get(y, nothing)), table.trial, shade, scales
        ),
        "columns": list(columns),
        "x": x,
        "y": y,
    }


def _scales(columns: Sequence[tuple[str, Sequence[Any]]], scale: Scale) -> dict[str, bool]:
    return {name: scale == "log" for name, _ in columns}


def curves(conn: sqlite3.Connection, sweep: Job, table: TrialTable, over: Over = "interval") -> Figure:
    """The primary metric of each trial; of many trials fewer points each.

    Parameters:
        conn: a reader.
        sweep: the job.
        table: its trials.
        over: what they run along.
    """
    most = max(_LEAST, _POINTS // max(len(table.trial), 1))
    values = trials.values(conn, sweep.id, table.metric, most)
    cuts: list[Cut] = []
    thresholds: dict[int, float] = {}
    for decision in decisions.latest(conn, sweep.id, "policy", _RECENT_DECISIONS):
        if decision.document["threshold"] is not None:
            thresholds.setdefault(decision.document["interval"], decision.document["threshold"])
    for decision in decisions.cuts(conn, sweep.id):
        told = decision.document
        cuts.append(Cut(told["trial"], told["interval"], told["value"], told["threshold"]))
    return charts.curves(table.metric, values, table.roles, cuts, thresholds, over=over)


def job_figures(conn: sqlite3.Connection, job: Job, most: int = 2_000) -> dict[str, Figure]:
    """A chart for each metric that one job logged more than once.

    Parameters:
        most: so many points of each at the most, the latest.
    """
    figures = {}
    for series in metrics.of(conn, job.id)[:_MOST_METRICS]:
        if series.count > 1:
            after = max(0, series.count - most)
            points = metrics.history(conn, job.id, series.key, after=after)
            values = [Value(0, n, point.step, point.value) for n, point in points]
            figures[series.key] = _alone(series.key, values)
    return figures


def _alone(metric: str, values: Sequence[Value]) -> Figure:
    figure = charts.curves(metric, values, {0: "best"}, (), {})
    figure["data"][0] |= {
        "text": [value.step for value in values],
        "hovertemplate": "step %{text}<br>%{y:.6g}<extra></extra>",
    }
    figure["layout"]["showlegend"] = False
    figure["layout"]["margin"] |= {"t": 16}
    return figure


def _columns(table: TrialTable) -> dict[str, Sequence[Any]]:
    """Everything that an axis of the scatter can show, by name; the primary metric is its best value."""
    return {**table.metrics, **table.parameters, **({table.metric: table.objective} if table.metric else {})}
