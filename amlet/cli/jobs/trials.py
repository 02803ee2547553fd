"""The trials of a sweep as a table: parameters, the metric, how long, and why they were stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.output import az_shape
from amlet.cli.output import is_simulated, shown
from amlet.cli.progress.views import parameters_text
from contracts.diagnostics.suggestions import closest
from gateway.client.connection import Connection
from gateway.operations.trials import SweepState, TrialRow

_LONGEST = 60
#: Headings of the table for people that are called otherwise in rows.
_HEADINGS = {"trial": "number", "seconds": "duration", "why": "reason"}


def trial_rows(
    connection: Connection, sweep: Mapping[str, Any], runs: list[dict[str, Any]], *, is_emulator: bool
) -> list[dict[str, Any]]:
    """A row for each trial: what a list says of its run, and what its sweep knows of it.

    Parameters:
        connection: to the workspace.
        sweep: the ARM document of the sweep.
        runs: its children in run history.
        is_emulator: whether the workspace is an emulator's, which keeps attempts and reasons.

    Returns:
        `value` is the one by which the trial is judged, `last` the last that it logged, at `step`; `duration` is in
        seconds; `attempt` and `reason` are of an emulator only, `simulated` of one that invents metrics.
    """
    from gateway.operations.trials import results_of

    state = connection.run(results_of(connection.workspace, sweep, runs))
    told = _told(connection, state) if is_emulator else _best_values(connection, state)
    by_name = {run["runId"]: az_shape(run) for run in runs}
    simulated = {"simulated": True} if is_simulated(sweep) else {}
    return [
        by_name[trial.name] | _row(trial, state.metric) | told.get(trial.name, {}) | simulated for trial in state.trials
    ]


def _row(trial: TrialRow, metric: str) -> dict[str, Any]:
    return {
        "number": trial.number,
        "status": trial.status,
        "parameters": trial.parameters,
        "metric": metric,
        "value": None,
        "last": trial.metrics.get(metric),
        "step": trial.steps.get(metric),
        "duration": None if trial.seconds is None else round(trial.seconds, 3),
    }


def _told(connection: Connection, state: SweepState) -> dict[str, dict[str, Any]]:
    """What an emulator recorded of each trial."""
    from gateway.operations import local_jobs

    record = connection.run(local_jobs.explanation(connection.workspace, state.name))
    return {
        trial["name"]: {"value": trial["best"], "attempt": trial["attempt"], "reason": trial["reason"] or None}
        for trial in record["trials"]
    }


def _best_values(connection: Connection, state: SweepState) -> dict[str, dict[str, Any]]:
    """The best value of each trial, from all that it logged: a request for each."""
    from gateway.operations.metrics import metric_history
    from gateway.operations.sweep_record import best_of
    from gateway.transport.steps import together

    logged = [trial.name for trial in state.trials if state.metric in trial.metrics]
    wanted = [metric_history(connection.workspace, name, state.metric) for name in logged]
    histories = connection.run(together(wanted))
    return {name: {"value": best_of(points, state.goal)} for name, points in zip(logged, histories, strict=True)}


def sorted_by(rows: Sequence[dict[str, Any]], key: str | None) -> list[dict[str, Any]]:
    """Rows in the order of a column; rows without a value come last.

    Parameters:
        rows: as they are.
        key: a column as `columns_of` knows it; with `-` before it from the largest to the smallest; None for no order.

    Raises:
        Refusal: there is no such column.
    """
    if not key or not rows:
        return list(rows)
    named, is_reversed = key.removeprefix("-"), key.startswith("-")
    known = columns_of(rows)
    if named not in known:
        near = closest(named, known)
        short = sorted(name for name in known if "." not in name or name.startswith("parameters."))
        meant = f"did you mean {near}?" if near else f"there are {', '.join(short)}"
        raise Refusal(f"--sort-by {key}: no column of this name; {meant}", Exit.USAGE)
    column = known[named]
    values = [(_value(row, column), row) for row in rows]
    present = [(value, row) for value, row in values if value is not None]
    present.sort(key=lambda pair: _order(pair[0]), reverse=is_reversed)
    return [*(row for _, row in present), *(row for value, row in values if value is None)]


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What rows can be ordered by: the names that `--query` sees, and those at the head of the table for people.

    Parameters:
        rows: of trials or of jobs.

    Returns:
        The place of each column's values in a row; of a parameter or tag `parameters.NAME`.
    """
    places = dict.fromkeys(column for row in rows for column in row)
    parts = {f"{column}.{name}": None for column in places for row in rows for name in _parts(row.get(column))}
    known = {place: place for place in [*places, *parts]}
    shown = {heading: column for heading, column in _HEADINGS.items() if column in places}
    parameters = {place.partition(".")[2]: place for place in parts if place.startswith("parameters.")}
    metric = {str(row["metric"]): "value" for row in rows if row.get("metric")}
    return parameters | metric | shown | known


def _parts(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, Mapping) else []


def _value(row: Mapping[str, Any], column: str) -> Any:
    name, _, parameter = column.partition(".")
    found = row.get(name)
    return found.get(parameter) if parameter and isinstance(found, Mapping) else found


def _order(value: Any) -> tuple[bool, float, str]:
    """Numbers before texts, each in their own order."""
    is_number = isinstance(value, int | float)
    return not is_number, float(value) if is_number else 0.0, "" if is_number else str(value)


def people_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table for people."""
    metric = row["metric"]
    reason = row.get("reason") or ""
    return {
        "trial": row["number"],
        "status": row["status"],
        "parameters": parameters_text(row["parameters"]),
        metric: shown(row["value"]),
        "last": shown(row["last"]),
        "step": shown(row["step"]),
        "seconds": shown(row["duration"]),
        "attempt": shown(row.get("attempt")),
        "why": reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 3]}...",
    }
