"""A sweep of five trials as it is read back, made by hand."""

from __future__ import annotations

from typing import Any

from gateway.operations.metrics import MetricPoint
from gateway.operations.sweep_record import SweepRecord
from gateway.operations.trials import SweepState, TrialRow, Trials

SPACE: dict[str, Any] = {
    "lr": ["loguniform", [-6, -1]],
    "kernel": ["choice", [["rbf", "poly", {"name": "linear"}]]],
    "depth": ["randint", [9]],
}


def sweep(goal: str = "maximize", name: str = "s", **renamed: str) -> SweepRecord:
    """A record; `metric` and `kernel` may be given other names or values.

    Parameters:
        goal: of the sweep.
        name: of the sweep.
    """
    metric, kernel = renamed.get("metric", "accuracy"), renamed.get("kernel", "rbf")
    curves: dict[int, list[float]] = {0: [0.1, 0.5], 1: [0.2, 0.9, 0.7], 2: [0.3], 3: [], 4: [float("nan")]}
    statuses = ["Completed", "Completed", "Canceled", "Failed", "Completed"]
    trials = Trials(
        TrialRow(
            f"{name}_{number}",
            statuses[number],
            {"lr": 0.1 / (number + 1), "kernel": kernel, "depth": number},
            {metric: values[-1]} if values else {},
            100.0 + number,
            110.0 + number,
        )
        for number, values in curves.items()
    )
    histories = {
        f"{name}_{number}": {metric: [MetricPoint(n, value, 100.0 + n) for n, value in enumerate(values)]}
        for number, values in curves.items()
        if values
    }
    best = trials[1 if goal == "maximize" else 0]
    document = {"name": name, "properties": {"jobType": "Sweep", "experimentName": "exp", "searchSpace": SPACE}}
    return SweepRecord(document, SweepState(name, "Completed", goal, metric, trials, best, 5), histories)
