"""Grid sampling: every combination, once.

Documented: only `choice`, exhaustive, fewer trials than max_total_trials when the space is smaller. The order is not
documented; declaration order with the last parameter varying fastest is emulator-defined.
"""

from __future__ import annotations

from collections.abc import Sequence

from emulator.engine.sampling.base import Observation
from emulator.engine.search_space import SearchSpace
from emulator.engine.values import Point


class GridSampler:
    """All points of a finite space in order.

    Raises:
        ValueError: the space is not finite.
    """

    learns = False

    def __init__(self, space: SearchSpace) -> None:
        if space.size is None:
            raise ValueError("grid sampling needs a finite search space: use choice, or random sampling")
        self.limit: int | None = space.size
        self._space = space

    def suggest(self, index: int, history: Sequence[Observation] = ()) -> Point:
        return self._space.at(index)
