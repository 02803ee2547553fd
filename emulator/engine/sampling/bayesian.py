"""Bayesian sampling: a model of the metric over the search space proposes where to look next.

Documented: only `choice`, `uniform` and `quniform`. Recorded (80 trials of a space of 196 points): no point twice, and
about ten trials that look purely random at the beginning. The service's model is not known: which one proposes is the
setting `bayesian_optimiser`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from emulator.engine.objective import Goal
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import (
    Axis,
    Category,
    Coordinates,
    axes_of,
    conditions_of,
    coordinates_of,
    point_at,
)
from emulator.engine.sampling.optimiser import OptimiserName, Problem, optimiser_of
from emulator.engine.sampling.random import PseudoRandomRows
from emulator.engine.sampling.uniform import UniformSampler
from emulator.engine.search_space import SearchSpace
from emulator.engine.values import Point

_PROPOSALS = 8  # proposals of the model before an unseen point of a finite space is drawn at random
_DRAWS = 64  # random draws before the unseen points are listed
_MASK = 2**64 - 1  # seeds of numpy are not negative


class BayesianSampler:
    """Random points first, then those that an optimiser proposes; no point of a finite space twice.

    Parameters:
        space: what is searched.
        seed: of all randomness.
        goal: of the primary metric.
        optimiser: that proposes.
        warm_up: number of random trials before the first proposal.

    Raises:
        ValueError: a distribution that Bayesian sampling does not support.
    """

    learns = True

    def __init__(
        self,
        space: SearchSpace,
        seed: int,
        goal: Goal,
        *,
        optimiser: OptimiserName = "gp",
        warm_up: int = 10,
    ) -> None:
        self.limit = space.size
        self._space = space
        self._seed = seed & _MASK
        self._warm_up = warm_up
        self._random = UniformSampler(space, PseudoRandomRows(space.width, seed))
        axes = axes_of(space)
        self._free = {name: axis for name, axis in axes.items() if not _is_fixed(axis)}
        self._fixed = {name: 0 if isinstance(axis, Category) else axis.low for name, axis in axes.items()}
        conditions = {
            name: of for name, of in conditions_of(space).items() if name in self._free and of[0] in self._free
        }
        problem = Problem(self._free, conditions, self._coordinates, self._point, self._seed, goal)
        self._optimiser = optimiser_of(optimiser, problem)

    def suggest(self, index: int, history: Sequence[Observation]) -> Point:
        if index < self._warm_up:
            return self._random.suggest(index)
        # A replay knows later trials too; a proposal must not depend on them, or it would not be the one made before.
        history = history[:index]
        # As texts: to Python 1, 1.0 and True are equal, to a command line they are not.
        seen = {repr(observation.point) for observation in history} if self.limit else set()
        # A model that has seen no value can only guess, and would look at unfinished points as bad ones.
        if not self._free or not any(one.ended and one.value is not None for one in history):
            return self._random_point(index, seen)

        def choose(draw: Callable[[], Coordinates]) -> Coordinates:
            for _ in range(_PROPOSALS):
                point = self._point(draw())
                if repr(point) not in seen:
                    return self._coordinates(point)
            return self._coordinates(self._random_point(index, seen))

        return self._point(self._optimiser.propose(index, history, choose))

    def _point(self, coordinates: Coordinates) -> Point:
        return point_at(self._space, self._fixed | coordinates)

    def _coordinates(self, point: Point) -> Coordinates:
        coordinates = coordinates_of(self._space, point)
        return {name: coordinates[name] for name in self._free}

    def _random_point(self, index: int, seen: set[str]) -> Point:
        """A random point that is not among those seen."""
        numbers = np.random.default_rng([self._seed, index])
        for _ in range(_DRAWS):
            point = self._space.point(numbers.random(self._space.width).tolist())
            if repr(point) not in seen:
                return point
        # Nearly every point was seen: chance would need too long to find the rest.
        places = (self._space.at(place) for place in range(self.limit or 0))
        left = [point for point in places if repr(point) not in seen]
        return left[int(numbers.integers(len(left)))] if left else point


def _is_fixed(axis: Axis) -> bool:
    return axis.count == 1 if isinstance(axis, Category) else axis.low == axis.high
