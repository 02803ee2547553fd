"""Bayesian optimisation with a Gaussian process, of numpy and scipy alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import Coordinates
from emulator.engine.sampling.improvement import log_improvement, promising
from emulator.engine.sampling.observed import Matrix, Observed, Table
from emulator.engine.sampling.optimiser import Choose, Problem
from emulator.engine.sampling.regression import fitted
from emulator.engine.sampling.unit_cube import UnitCube

_MOST = 120  # trials that the regression is fitted to: the cost grows with their cube
_LISTED = 4096  # a finite space of at most so many points is judged point by point
_GOOD, _BAD = 20.0, 2.0  # spans of the middle half by which a value may lie below and above its median


class GaussianProcess:
    """Proposes the highest expected improvement on what the best trial is expected to reach.

    Trials that still run count as if they had ended as expected, so that concurrent trials keep apart; trials that
    ended without a finite value are left out.

    Parameters:
        problem: what is optimised.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._table = Table(problem)
        self._cube = UnitCube(problem.axes, problem.conditions)
        self._listed = self._cube.all_rows(_LISTED)

    def propose(self, index: int, history: Sequence[Observation], choose: Choose) -> Coordinates:
        """See `Optimiser`."""
        numbers = np.random.default_rng([self._problem.seed, index])
        proposals = itertools.chain(self._proposals(self._table.observed(history), numbers), self._chance(numbers))
        with _linear_algebra().limit(limits=1):
            return choose(lambda: next(proposals))

    def _proposals(self, observed: Observed, numbers: np.random.Generator) -> Iterator[Coordinates]:
        rows, values, pending = observed.best_and_newest(_MOST)
        if len(rows) < 2 or not np.ptp(values):
            return
        rows, pending = self._cube.from_coordinates(rows), self._cube.from_coordinates(pending)
        try:
            regression = fitted(rows, _tamed(values), self._cube.categories)
            expected = regression.mean(rows)
            best, regression = float(expected.min()), regression.believing(pending)
        except np.linalg.LinAlgError:  # chance goes on
            return
        if self._listed is None:
            known = rows[np.argsort(expected, kind="stable")]
            candidates = promising(regression, best, known, self._cube, numbers)
        else:
            worth = log_improvement(*regression.mean_and_spread(self._listed), best)
            candidates = self._listed[np.argsort(-worth, kind="stable")]
        tried = self._cube.from_coordinates(np.vstack([observed.rows, observed.pending]))
        seen = {tuple(row) for row in tried.tolist()}
        unseen = (row for row in candidates if tuple(row.tolist()) not in seen)
        yield from (self._cube.to_coordinates(row) for row in unseen)

    def _chance(self, numbers: np.random.Generator) -> Iterator[Coordinates]:
        while True:
            yield self._cube.to_coordinates(self._cube.random(1, numbers)[0])


@cache
def _linear_algebra() -> ThreadpoolController:
    """The libraries behind numpy and scipy. For matrices as small as these their threads wait for one another, at
    many times the cost, and the last digits of a sum depend on how many there are."""
    return ThreadpoolController()


def _tamed(values: Matrix) -> Matrix:
    """Values with a mean of 0 and a variance of 1; those far out are brought nearer, or they would hide all others.

    A value that is far worse than most says no more than that it is bad; one that is far better is kept longer.
    """
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    if spread := high - low:
        values = np.clip((values - middle) / spread, -_GOOD, _BAD)
    else:
        values = (values - values.min()) / np.ptp(values)
    tamed: Matrix = (values - values.mean()) / values.std()
    return tamed
