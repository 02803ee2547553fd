"""What simulated trials do in tests: a function of their parameters, or recorded curves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from emulator.simulation.curve import Curve, CurveOf, evenly, from_objective, from_table


def objective_curves(objective: Callable[..., Any]) -> CurveOf:
    """Curves from a function of the parameters by name; see `emulator.simulation.curve.from_objective`.

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
