"""Sampling that does not learn: rows of uniform numbers, mapped through the quantiles of the search space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from emulator.engine.sampling.base import Observation
from emulator.engine.search_space import LISTABLE, SearchSpace
from emulator.engine.values import Point

_PATIENCE = 32  # rows that bring nothing new before the rest of a finite space is listed
_STUBBORNNESS = 10_000  # rows that bring nothing new before a larger space (a very uneven one) repeats a point


class Rows(Protocol):
    """An endless table of uniform numbers in [0, 1): any row can be asked for, and is always the same."""

    def row(self, number: int) -> Sequence[float]:
        """The row of that number, as many numbers as the search space is wide."""
        ...


class UniformSampler:
    """Points of a search space at the rows of a table.

    Trial i gets row i. A finite space is drawn from without repetition (inferred: the service knows its size and was
    never seen to repeat a point): rows whose point was drawn before are passed over, and when they bring
    nothing new for long, the points that are left are listed and drawn from.

    Parameters:
        space: what to draw from.
        rows: the table.
        repeat: draw from a finite space with repetition.
    """

    learns = False

    def __init__(self, space: SearchSpace, rows: Rows, *, repeat: bool = False) -> None:
        self.limit = None if repeat else space.size
        self._space = space
        self._rows = rows
        self._points: list[Point] = []
        self._seen: set[str] = set()
        self._next_row = 0
        self._left: list[Point] | None = None

    def suggest(self, index: int, history: Sequence[Observation] = ()) -> Point:
        if self.limit is None:
            return self._space.point(self._rows.row(index))
        if index >= self.limit:
            raise IndexError(f"the space has {self.limit} points; there is no trial {index}")
        while len(self._points) <= index:
            self._points.append(self._draw())
        return dict(self._points[index])

    def _draw(self) -> Point:
        listable = (self.limit or 0) <= LISTABLE
        if self._left is None:
            for _ in range(_PATIENCE if listable else _STUBBORNNESS):
                point = self._space.point(self._take_row())
                if (key := repr(point)) not in self._seen:
                    self._seen.add(key)
                    return point
            if listable:
                self._left = self._unseen()
        if not self._left:
            return self._space.point(self._take_row())
        chosen = int(self._take_row()[0] * len(self._left))
        # Swapped to the end, since taking it from the middle would move all that follow; the order does not matter.
        self._left[chosen], self._left[-1] = self._left[-1], self._left[chosen]
        return self._left.pop()

    def _unseen(self) -> list[Point]:
        points = (self._space.at(place) for place in range(self.limit or 0))
        return [point for point in points if repr(point) not in self._seen]

    def _take_row(self) -> Sequence[float]:
        self._next_row += 1
        return self._rows.row(self._next_row - 1)
