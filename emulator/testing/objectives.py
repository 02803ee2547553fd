"""What simulated trials do in tests: a function of their parameters, recorded curves, or a stand-in for both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from emulator.executors.base import TrialTask
from emulator.executors.curve import Curve, CurveOf, evenly, from_objective, from_table
from emulator.executors.simulate import CurveFor

#: Virtual seconds that a trial lasts when nothing says how long.
_DURATION = 60.0
_INTERVALS = 5


def stand_in(index: int, parameters: Mapping[str, Any]) -> Curve:
    """A curve for when no objective is set: it rises to a number between 0 and 1 made from the parameters alone.

    The same parameters give the same curve, on every machine.
    """
    text = json.dumps(parameters, sort_keys=True, default=str)
    last = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
    return evenly([last * (place + 1) / _INTERVALS for place in range(_INTERVALS)], _DURATION)


def objective_curves(objective: Callable[..., Any]) -> CurveOf:
    """Curves from a function of the parameters by name; see `emulator.executors.curve.from_objective`.

    Whatever the function raises fails the trial, and stands in its error.
    """
    curve_of = from_objective(objective)

    def guarded(index: int, parameters: Mapping[str, Any]) -> Curve:
        try:
            return curve_of(index, parameters)
        except Exception as error:
            raise ValueError(f"the objective raised {type(error).__name__}: {error}") from error

    return guarded


def recorded_curves(table: Iterable[Curve | Sequence[float]]) -> CurveOf:
    """The curves of trial 0, trial 1 and so on: a curve, or just the values of its intervals."""
    return from_table([row if isinstance(row, Curve) else evenly(row) for row in table])


def with_log(curve_of: CurveOf) -> CurveFor:
    """The curve of a trial, which also writes a line to its log for each value; a command job logs nothing and ends."""

    def curve_for(task: TrialTask) -> Curve:
        if task.metric is None:
            return Curve((), _DURATION)
        curve = curve_of(task.index, task.parameters)
        lines = [(at, f"step {step}: {task.metric} = {value:g}") for at, step, value in curve.points]
        return curve if curve.log else replace(curve, log=lines)

    return curve_for
