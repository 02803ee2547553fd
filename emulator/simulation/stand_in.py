"""What a simulated trial does when nothing says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from emulator.executors.base import Attempt
from emulator.simulation.curve import Curve, CurveOf, evenly
from emulator.simulation.executor import CurveFor

#: Virtual seconds that a trial lasts when nothing says how long.
DURATION = 60.0

_INTERVALS = 5


def stand_in(index: int, parameters: Mapping[str, Any]) -> Curve:
    """A curve for when no objective is set: it rises to a number between 0 and 1 made from the parameters alone.

    The same parameters give the same curve, on every machine.
    """
    text = json.dumps(parameters, sort_keys=True, default=str)
    last = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
    return evenly([last * (place + 1) / _INTERVALS for place in range(_INTERVALS)], DURATION)


def with_log(curve_of: CurveOf) -> CurveFor:
    """The curve of a trial, which also writes a line to its log for each value; a command job logs nothing and ends."""

    def curve_for(attempt: Attempt) -> Curve:
        if attempt.metric is None:
            return Curve((), DURATION)
        curve = curve_of(attempt.index, attempt.parameters)
        lines = [(at, f"step {step}: {attempt.metric} = {value:g}") for at, step, value in curve.points]
        return curve if curve.log else replace(curve, log=lines)

    return curve_for
