"""What a history says about the metric, as the arrays that a regression is fitted to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.optimiser import Problem
from emulator.engine.values import Point

Matrix: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

_FINITE = 1e150  # differences of such values are finite, too


class Observed(NamedTuple):
    """The trials of a history, each at its coordinates in the order of the axes.

    Parameters:
        rows: different coordinates of trials that ended with a finite value.
        values: the mean of the values there, to be minimised.
        pending: different coordinates of trials that still run, where no value is known.
    """

    rows: Matrix
    values: Matrix
    pending: Matrix

    def best_and_newest(self, most: int) -> Observed:
        """At most so many rows, the best two thirds and the newest third, and as many pending ones, the newest."""
        pending = self.pending[-most:]
        if len(self.rows) <= most:
            return self._replace(pending=pending)
        newest = most // 3
        best = np.argsort(self.values[:-newest], kind="stable")[: most - newest]
        kept = np.concatenate([np.sort(best), np.arange(len(self.rows) - newest, len(self.rows))])
        return Observed(self.rows[kept], self.values[kept], pending)


class Table:
    """Turns the histories of one sweep into arrays.

    Parameters:
        problem: what is optimised.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._rows: list[tuple[Point, tuple[float, ...]]] = []

    def observed(self, history: Sequence[Observation]) -> Observed:
        """What this history says."""
        sign = -self._problem.goal.sign
        known: dict[tuple[float, ...], list[float]] = {}
        pending: dict[tuple[float, ...], None] = {}
        for index, one in enumerate(history):
            row = self._row(index, one.point)
            if not one.ended:
                pending[row] = None
            elif one.value is not None and math.isfinite(one.value):
                known.setdefault(row, []).append(min(max(sign * one.value, -_FINITE), _FINITE))
        return Observed(
            self._matrix(list(known)),
            np.array([float(np.mean(values)) for values in known.values()]),
            self._matrix([row for row in pending if row not in known]),
        )

    def _row(self, index: int, point: Point) -> tuple[float, ...]:
        """The coordinates of trial `index`, worked out once: a history grows at its end."""
        if index >= len(self._rows) or self._rows[index][0] is not point:
            coordinates = self._problem.coordinates(point)
            self._rows[index:] = [(point, tuple(float(coordinates[name]) for name in self._problem.axes))]
        return self._rows[index][1]

    def _matrix(self, rows: list[tuple[float, ...]]) -> Matrix:
        return np.array(rows, dtype=float).reshape(len(rows), len(self._problem.axes))
