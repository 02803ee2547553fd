"""Learning curves that stand for trials in a simulation: from a Python objective, a table, or a CSV file."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Curve:
    """What one trial logs of the primary metric, and when.

    Parameters:
        points: (seconds after the trial's start, step, value), in the order of time.
        duration: seconds from start to end; not before the last point.
        exit_code: how its command would have ended.
        log: (seconds after the trial's start, line) of its stdout, in the order of time.
        others: points of further metrics, by name.
        node_taken: seconds after which its node is taken away, to start anew on another one; None for never.
        node_lost: seconds after which its node fails, and the trial with it; None for never.
    """

    points: Sequence[tuple[float, int, float]]
    duration: float
    exit_code: int = 0
    log: Sequence[tuple[float, str]] = ()
    others: Mapping[str, Sequence[tuple[float, int, float]]] = field(default_factory=dict)
    node_taken: float | None = None
    node_lost: float | None = None


#: Finds the curve of a trial, from its index in the sweep and its parameters.
CurveOf = Callable[[int, Mapping[str, Any]], Curve]


def evenly(values: Iterable[float], duration: float | None = None, exit_code: int = 0) -> Curve:
    """A curve whose values come at even distances, the last one at the end.

    Parameters:
        values: of the primary metric, one per interval.
        duration: seconds of the whole trial; one second per value when it is not said.
        exit_code: how the trial's command ends.
    """
    row = [float(value) for value in values]
    whole = float(len(row)) if duration is None else float(duration)
    pace = whole / len(row) if row else 0.0
    return Curve([((place + 1) * pace, place, value) for place, value in enumerate(row)], whole, exit_code)


def from_objective(objective: Callable[..., Any]) -> CurveOf:
    """Curves from a Python function of the parameters by name.

    The function gives a number, an iterable of numbers (one per interval), or a dict `{"values": [...],
    "duration": seconds, "exit_code": 0}` of which the last two are optional.

    >>> from_objective(lambda lr: [lr, 2 * lr])(0, {"lr": 0.5}).points
    [(1.0, 0, 0.5), (2.0, 1, 1.0)]
    """

    def curve_of(index: int, parameters: Mapping[str, Any]) -> Curve:
        answer = objective(**parameters)
        if isinstance(answer, Mapping):
            return evenly(answer["values"], answer.get("duration"), answer.get("exit_code", 0))
        return evenly(answer if isinstance(answer, Iterable) else [answer])

    return curve_of


def from_table(table: Sequence[Curve]) -> CurveOf:
    """Recorded curves, the first for trial 0 and so on; a trial beyond the table fails and says so."""

    def curve_of(index: int, parameters: Mapping[str, Any]) -> Curve:
        if index >= len(table):
            raise LookupError(f"trial {index} has no recorded curve; there are {len(table)}, lower max_total_trials")
        return table[index]

    return curve_of


def read_csv(path: Path, metric: str) -> list[Curve]:
    """The curves of one metric in a CSV file.

    Parameters:
        path: file with the columns `trial`, `step`, `value` and, optionally, `time` (seconds after the trial's start;
            the step plus one where it is absent) and `metric`. Trials keep the order in which they first appear.
        metric: name of the primary metric; rows of other metrics are passed over.

    Raises:
        ValueError: a column is missing, a cell is no number, or nothing is left; the text names file, line and remedy.
    """
    trials: dict[str, list[tuple[float, int, float]]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = {"trial", "step", "value"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: no column {', '.join(sorted(missing))}; needed are trial, step and value")
        for row in reader:
            if row.get("metric") in (None, metric):
                trials[row["trial"]].append(_point(row, f"{path}, line {reader.line_num}"))
    if not trials:
        raise ValueError(f"{path}: no row has the metric {metric!r}; check the column metric")
    return [Curve(sorted(points), max(points)[0]) for points in trials.values()]


def _point(row: Mapping[str, str], place: str) -> tuple[float, int, float]:
    try:
        step = int(row["step"])
        return float(row.get("time") or step + 1), step, float(row["value"])
    except ValueError as error:
        raise ValueError(f"{place}: {error}; step is an integer, time and value are numbers") from error
