"""The points of a metric that a run has logged."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.operations.workspace import Workspace
from gateway.transport.calls import read_json
from gateway.transport.steps import Steps

#: Points asked for at once. Source: mlflow's own client.
_AT_ONCE = 25_000


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """One logged value.

    Parameters:
        step: as the run logged it.
        value: the value; NaN and infinities too.
        timestamp: seconds since the epoch.
    """

    step: int
    value: float
    timestamp: float


def metric_history(workspace: Workspace, run: str, metric: str) -> Steps[list[MetricPoint]]:
    """All points of a metric, in the order they were logged; none when the run has not logged it.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such run.
    """
    points: list[MetricPoint] = []
    query = {"run_id": run, "metric_key": metric, "max_results": str(_AT_ONCE)}
    while True:
        answer = yield from read_json((yield from workspace.mlflow("metrics/get-history", params=query)))
        points += [
            MetricPoint(int(point.get("step", 0)), float(point["value"]), int(point["timestamp"]) / 1000)
            for point in answer.get("metrics", [])
        ]
        if not answer.get("next_page_token"):
            return points
        query = query | {"page_token": answer["next_page_token"]}
