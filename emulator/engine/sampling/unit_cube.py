"""The axes of a search space as columns from 0 to 1, and random rows of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np

from emulator.engine.sampling.coordinates import Axis, Category, Coordinates, Real, Whole, within
from emulator.engine.sampling.observed import Mask, Matrix

_CHANGED = 0.2  # least share of the columns that a neighbour differs in, where it does not differ in all
_OTHER = 0.3  # chance that a chosen category gets another place
_STEP = 0.7  # least deviation of a whole number from its neighbour


class UnitCube:
    """Rows of numbers between 0 and 1 in place of coordinates; a category keeps its place, as it has no order.

    Parameters:
        axes: by name.
        conditions: `conditions_of` the space, for these axes.
    """

    def __init__(self, axes: Mapping[str, Axis], conditions: Mapping[str, tuple[str, int]]) -> None:
        self._names, self._axes = list(axes), list(axes.values())
        column = {name: place for place, name in enumerate(axes)}
        self._conditions = [(column[name], column[outer], place) for name, (outer, place) in conditions.items()]
        self._low = np.array([0.0 if isinstance(axis, Category) else axis.low for axis in self._axes])
        self._span = np.array([1.0 if isinstance(axis, Category) else axis.high - axis.low for axis in self._axes])
        self._places = np.array([_places(axis) for axis in self._axes])
        self._whole = np.array([isinstance(axis, Whole) for axis in self._axes])
        #: Which columns hold places of a category.
        self.categories: Mask = np.array([isinstance(axis, Category) for axis in self._axes])

    def from_coordinates(self, rows: Matrix) -> Matrix:
        """The rows of coordinates, which are in the order of the axes."""
        scaled: Matrix = (rows - self._low) / self._span
        return scaled

    def to_coordinates(self, row: Matrix) -> Coordinates:
        """The coordinates of a row, by the names of the axes."""
        numbers = (row * self._span + self._low).tolist()
        return {name: within(axis, x) for name, axis, x in zip(self._names, self._axes, numbers, strict=True)}

    def all_rows(self, most: int) -> Matrix | None:
        """All rows there are, or None when there are more than so many."""
        if np.isinf(self._places).any() or math.prod(self._places.tolist()) > most:
            return None
        places = itertools.product(*(range(int(count)) for count in self._places))
        rows = self._chosen(np.array(list(places), dtype=float) / np.where(self._whole, self._places - 1, 1))
        return np.unique(rows, axis=0) if self._conditions else rows

    def random(self, count: int, numbers: np.random.Generator) -> Matrix:
        """So many rows, all equally likely."""
        uniform = numbers.random((count, len(self._axes)))
        with np.errstate(invalid="ignore"):
            places = np.minimum(np.floor(uniform * self._places), self._places - 1)
        scaled = places / np.where(self._whole, self._places - 1, 1)
        return self._chosen(np.where(np.isinf(self._places), uniform, scaled))

    def near(self, rows: Matrix, times: int, size: float, numbers: np.random.Generator) -> Matrix:
        """Neighbours of each row, half of them changed in every column, half in few.

        Parameters:
            rows: around which they lie.
            times: how many of each.
            size: standard deviation of their distance in a column.
            numbers: randomness.
        """
        rows = np.repeat(rows, times, axis=0)
        share = np.where(numbers.random(len(rows)) < 0.5, 1.0, max(1 / len(self._axes), _CHANGED))
        changed = numbers.random(rows.shape) < share[:, None]
        moves, elsewhere = numbers.standard_normal(rows.shape), self.random(len(rows), numbers)
        gaps = np.where(self._whole, self._places - 1, 1)
        steps = np.where(self._whole, np.maximum(size, _STEP / gaps), size)
        moved = np.clip(rows + moves * steps, 0.0, 1.0)
        moved = np.where(self._whole, np.round(moved * gaps) / gaps, moved)
        others = np.where(numbers.random(rows.shape) < _OTHER, elsewhere, rows)
        return self._chosen(np.where(changed, np.where(self.categories, others, moved), rows))

    def _chosen(self, rows: Matrix) -> Matrix:
        """The rows with 0 in the columns of nested spaces that were not chosen, as coordinates have it."""
        chosen = np.ones(rows.shape, dtype=bool)
        for column, outer, place in self._conditions:
            chosen[:, column] = chosen[:, outer] & (rows[:, outer] == place)
        return np.where(chosen, rows, 0.0)


def _places(axis: Axis) -> float:
    match axis:
        case Category(count):
            return count
        case Whole(low, high):
            return high - low + 1
        case Real():
            return math.inf
