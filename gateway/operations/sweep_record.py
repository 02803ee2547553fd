"""A sweep with everything that its trials logged: what reports, plots and exports are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway import job_types
from gateway.operations import jobs
from gateway.operations.metrics import MetricPoint, metric_history
from gateway.operations.trials import SweepState, TrialRow, sweep_results
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps, together


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """A sweep and its trials.

    Parameters:
        document: the sweep's ARM document.
        state: its status, with its trials.
        histories: the points of each metric, by name of the trial and of the metric.
    """

    document: Mapping[str, Any]
    state: SweepState
    histories: Mapping[str, Mapping[str, Sequence[MetricPoint]]]

    @property
    def properties(self) -> Mapping[str, Any]:
        """`properties` of the document."""
        found: Mapping[str, Any] = self.document.get("properties") or {}
        return found

    def points(self, trial: TrialRow) -> Sequence[MetricPoint]:
        """The values of the primary metric that a trial logged."""
        return self.histories.get(trial.name, {}).get(self.state.metric, ())

    def best_value(self, trial: TrialRow) -> float | None:
        """The best value of the primary metric that a trial logged; None when it logged no number."""
        return best_of(self.points(trial), self.state.goal)


def best_of(points: Sequence[MetricPoint], goal: str) -> float | None:
    """The best value among points of a metric; None where there is no number.

    Parameters:
        points: as they were logged.
        goal: `minimize` or `maximize`.
    """
    values = [point.value for point in points if point.value == point.value]
    return (min if goal == "minimize" else max)(values, default=None)


def sweep_record(workspace: Workspace, name: str, *, every_metric: bool = False) -> Steps[SweepRecord]:
    """Everything that the trials of a sweep logged.

    Parameters:
        name: of the sweep.
        every_metric: not only the primary one; a request for each metric of each trial.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
        ValueError: it is not a sweep.
    """
    document = yield from jobs.get(workspace, name)
    if not job_types.is_sweep(document.get("properties")):
        raise ValueError(f"{name} is not a sweep, so it has no trials")
    state = yield from sweep_results(workspace, name)
    wanted = [
        (trial.name, metric)
        for trial in state.trials
        for metric in trial.metrics
        if every_metric or metric == state.metric
    ]
    found = yield from together([metric_history(workspace, *one) for one in wanted])
    histories: dict[str, dict[str, Sequence[MetricPoint]]] = {}
    for (trial, metric), points in zip(wanted, found, strict=True):
        histories.setdefault(trial, {})[metric] = points
    return SweepRecord(document, state, histories)
