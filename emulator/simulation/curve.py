"""Learning curves that stand for trials in a simulation: from a Python objective or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
        duration: seconds of the whole trial, `math.inf` for one that hangs; one second per value when it is not said.
        exit_code: how the trial's command ends.

    Raises:
        TypeError, ValueError: a value is not a number, or the duration or exit code cannot be one.
    """
    row = [float(value) for value in values]
    whole = float(len(row)) if duration is None else float(duration)
    if not whole >= 0:
        raise ValueError(f"duration is {duration!r}; it is a number of seconds, 0 or more")
    if not isinstance(exit_code, int):
        raise TypeError(f"exit_code is {exit_code!r}; it is an integer")
    pace = whole / len(row) if row else 0.0
    return Curve([((place + 1) * pace, place, value) for place, value in enumerate(row)], whole, exit_code)


def series(answer: Any) -> Curve:
    """The curve that a number, an iterable of numbers (one per interval), or a dict `{"values": [...], "duration":
    seconds, "exit_code": 0}`, of which the last two are optional, stands for.

    Raises:
        TypeError, ValueError: it is not one of these.

    >>> series({"values": [0.5, 0.25], "duration": 10}).points
    [(5.0, 0, 0.5), (10.0, 1, 0.25)]
    """
    if isinstance(answer, Mapping):
        if "values" not in answer:
            raise ValueError(f"a dict with the key 'values' is needed; its keys are {', '.join(map(str, answer))}")
        return evenly(answer["values"], answer.get("duration"), answer.get("exit_code", 0))
    if answer is None or isinstance(answer, str):
        raise TypeError(f"{answer!r} is neither a number nor a series of numbers")
    several = isinstance(answer, Iterable) and getattr(answer, "ndim", 1) != 0  # an array of no dimension is one number
    return evenly(answer if several else [answer])


def from_objective(objective: Callable[..., Any]) -> CurveOf:
    """Curves from a Python function of the parameters by name.

    The function gives what `series` takes.

    >>> from_objective(lambda lr: [lr, 2 * lr])(0, {"lr": 0.5}).points
    [(1.0, 0, 0.5), (2.0, 1, 1.0)]
    """

    def curve_of(index: int, parameters: Mapping[str, Any]) -> Curve:
        return series(objective(**parameters))

    return curve_of


def from_table(table: Sequence[Curve]) -> CurveOf:
    """Recorded curves, the first for trial 0 and so on; a trial beyond the table fails and says so."""

    def curve_of(index: int, parameters: Mapping[str, Any]) -> Curve:
        if index >= len(table):
            raise LookupError(f"trial {index} has no recorded curve; there are {len(table)}, lower max_total_trials")
        return table[index]

    return curve_of
