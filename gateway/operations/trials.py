"""The trials of a sweep, as typed rows put together from the parent's document and run history."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from typing import Any

from gateway.operations import jobs
from gateway.operations.workspace import Workspace
from gateway.transport.calls import read_json, read_page
from gateway.transport.messages import Request
from gateway.transport.steps import Steps

_TRIAL_TAG = re.compile(r"^(?:_aml_system_)?(?P<trial>.+_\d+)$")


@dataclass(frozen=True, slots=True, repr=False)
class TrialRow:
    """One trial of a sweep.

    Parameters:
        name: name of the child job, `<sweep>_<number>`.
        status: its status.
        parameters: its hyperparameters by name.
        metrics: last value of each metric, where it was asked for; of the best trial at least the primary one.
        started, ended: seconds since the epoch; None before.
        steps: the step of the last value of each metric, where it was asked for.
        value: the value of the primary metric by which it is the best trial, which may not be its last one; None of
            all others, and where the service does not say.
    """

    name: str
    status: str
    parameters: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    started: float | None = None
    ended: float | None = None
    steps: dict[str, int] = field(default_factory=dict)
    value: float | None = None

    @property
    def number(self) -> int:
        """Its place in the order of sampling."""
        tail = self.name.rpartition("_")[2]
        return int(tail) if tail.isdigit() else -1

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is not known."""
        return None if self.started is None or self.ended is None else self.ended - self.started

    def __repr__(self) -> str:
        value = "" if self.value is None else f"value={self.value}, "
        return f"TrialRow({self.name!r}, {self.status}, parameters={self.parameters}, {value}metrics={self.metrics})"

    def _repr_html_(self) -> str:
        """The trial as a table of one row, for notebooks."""
        return Trials([self])._repr_html_()


class Trials(list[TrialRow]):
    """The trials of a sweep, in the order of sampling."""

    def to_pandas(self) -> Any:
        """A pandas DataFrame: a row for each trial, with `status`, `parameters.NAME` and `metrics.NAME` as columns.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            pd = import_module("pandas")
        except ImportError as error:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from error
        rows = [
            {"name": trial.name, "status": trial.status}
            | {f"parameters.{name}": value for name, value in trial.parameters.items()}
            | {f"metrics.{name}": value for name, value in trial.metrics.items()}
            for trial in self
        ]
        return pd.DataFrame(rows, columns=None if rows else ["name", "status"]).set_index("name")

    def to_frame(self) -> Any:
        """The same as `to_pandas`."""
        return self.to_pandas()

    def _repr_html_(self) -> str:
        """The trials as a table, for notebooks."""
        from gateway.entities.html import html_table

        names = dict.fromkeys(name for trial in self for name in trial.parameters)
        metrics = dict.fromkeys(name for trial in self for name in trial.metrics)
        is_judged = any(trial.value is not None for trial in self)
        return html_table(
            [
                {"Trial": trial.name, "Status": trial.status}
                | {name: trial.parameters.get(name) for name in names}
                | ({"Judged by": trial.value} if is_judged else {})
                | {name: trial.metrics.get(name) for name in metrics}
                | {"Seconds": trial.seconds}
                for trial in self
            ]
        )

    def __repr__(self) -> str:
        return f"Trials([{', '.join(map(repr, self))}])"


@dataclass(frozen=True, slots=True)
class SweepState:
    """The state of a sweep.

    Parameters:
        name: name of the sweep.
        status: its status.
        goal: `minimize` or `maximize`.
        metric: name of its primary metric.
        trials: its trials, in the order of sampling.
        best: the best trial so far, if one has logged the metric.
        limit: how many trials it makes at most, where that is known.
        score: the value of the metric by which the best trial is the best, which may not be its last; None where the
            service does not say.
    """

    name: str
    status: str
    goal: str
    metric: str
    trials: Trials
    best: TrialRow | None
    limit: int | None
    score: float | None = None

    @property
    def best_value(self) -> float | None:
        """The value by which the best trial is the best, else the last that it logged; None while there is neither."""
        if self.score is not None or self.best is None:
            return self.score
        return self.best.metrics.get(self.metric)


def sweep_state(workspace: Workspace, name: str) -> Steps[SweepState]:
    """Read a sweep and all its trials.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
    """
    document = yield from jobs.get(workspace, name)
    return state_of(document, (yield from runs_below(workspace, name)))


def sweep_results(workspace: Workspace, name: str) -> Steps[SweepState]:
    """Read a sweep and all its trials, with the metrics of each.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
    """
    document = yield from jobs.get(workspace, name)
    return (yield from results_of(workspace, document, (yield from runs_below(workspace, name))))


def results_of(workspace: Workspace, document: Mapping[str, Any], runs: list[dict[str, Any]]) -> Steps[SweepState]:
    """A sweep with the metrics of its trials, which are the only thing that is asked for.

    Parameters:
        workspace: where it is.
        document: its ARM document.
        runs: its children in run history.
    """
    state = state_of(document, runs)
    experiments = {str(run["experimentId"]) for run in runs if run.get("experimentId")}
    metrics = yield from _metrics(workspace, state.name, experiments)
    trials = Trials(_with_metrics(trial, metrics.get(trial.name)) for trial in state.trials)
    best = next((trial for trial in trials if state.best and trial.name == state.best.name), None)
    return replace(state, trials=trials, best=best)


def runs_below(workspace: Workspace, name: str) -> Steps[list[dict[str, Any]]]:
    """The trials of a sweep or the steps of a pipeline, as run history has them."""
    runs: list[dict[str, Any]] = []
    request: Request | None = yield from jobs.first_page_of_trials(workspace, name)
    while request:
        page = yield from read_page(request)
        runs.extend(page)
        request = page.following
    return runs


def _with_metrics(trial: TrialRow, points: list[dict[str, Any]] | None) -> TrialRow:
    if points is None:
        return trial
    values = {point["key"]: float(point["value"]) for point in points}
    return replace(trial, metrics=values, steps={point["key"]: int(point.get("step", 0)) for point in points})


def _metrics(workspace: Workspace, parent: str, experiments: set[str]) -> Steps[dict[str, list[dict[str, Any]]]]:
    """The last point of each metric of each trial: one MLflow search over the parent's children."""
    found: dict[str, list[dict[str, Any]]] = {}
    query = {"experiment_ids": sorted(experiments), "filter": f"tags.mlflow.parentRunId = '{parent}'"}
    token: str | None = ""
    while token is not None and experiments:
        body = {**query, "max_results": 1000} | ({"page_token": token} if token else {})
        answer = yield from read_json((yield from workspace.mlflow("runs/search", body)))
        for run in answer.get("runs", []):
            found[run["info"]["run_id"]] = run.get("data", {}).get("metrics", [])
        token = answer.get("next_page_token")
    return found


def state_of(document: Mapping[str, Any], runs: list[dict[str, Any]]) -> SweepState:
    """The state of a sweep, from its ARM document and its children in run history."""
    properties = document.get("properties") or {}
    notes = properties.get("properties") or {}
    objective = properties.get("objective") or {}
    parameters = _parameters(properties.get("tags") or {})
    metric = str(objective.get("primaryMetric", ""))
    best_name = notes.get("best_child_run_id")
    score = float(notes["score"]) if notes.get("score") not in (None, "") else None
    trials = Trials(
        TrialRow(
            run["runId"],
            run.get("status", ""),
            parameters.get(run["runId"]) or _json(run.get("tags", {}).get("hyperparameters")) or {},
            {metric: score} if run["runId"] == best_name and score is not None else {},
            moment(run.get("startTimeUtc")),
            moment(run.get("endTimeUtc")),
            value=score if run["runId"] == best_name else None,
        )
        for run in runs
        if run["runId"] in parameters or _is_trial(document["name"], run)
    )
    trials.sort(key=lambda trial: trial.number)
    return SweepState(
        document["name"],
        properties.get("status", ""),
        str(objective.get("goal", "")).lower(),
        metric,
        trials,
        next((trial for trial in trials if trial.name == best_name), None),
        (properties.get("limits") or {}).get("maxTotalTrials"),
        score,
    )


def _is_trial(sweep: str, run: Mapping[str, Any]) -> bool:
    """Whether a child of a sweep is a trial: its preparation is none, and the code of a trial may begin more runs."""
    number = str(run["runId"]).removeprefix(f"{sweep}_")
    return number.isdecimal() or "hyperparameters" in (run.get("tags") or {})


def moment(text: str | None) -> float | None:
    """Seconds since the epoch of a time as the service writes it; the service's seventh digit is left out."""
    found = re.fullmatch(r"([\d-]{10}[T ][\d:]{8})(\.\d{1,6})?+\d*+(Z|[+-]\d\d:\d\d)?", text or "")
    if not found:
        return None
    zone = "+00:00" if found[3] in (None, "Z") else found[3]
    return datetime.fromisoformat(f"{found[1]}{found[2] or ''}{zone}").timestamp()


def _parameters(tags: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Hyperparameters by trial, as the service keeps them: one tag of the parent for each trial."""
    found = {match["trial"]: _json(text) for key, text in tags.items() if (match := _TRIAL_TAG.match(key))}
    return {trial: values for trial, values in found.items() if values is not None}


def _json(text: str | None) -> dict[str, Any] | None:
    try:
        value = json.loads(text or "")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
