"""Where a regression expects most: expected improvement (Jones et al. 1998), and the search for its maximum."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr
from scipy.stats import norm

from emulator.engine.sampling.observed import Matrix
from emulator.engine.sampling.regression import Regression
from emulator.engine.sampling.unit_cube import UnitCube

_ANYWHERE = 512  # candidates in the whole cube
_NEAR = 32  # candidates around each of the best rows known, at each of two distances
_ROUNDS = 7  # times that the best candidates get neighbours, each time nearer
_LEADERS = 4  # best rows and candidates
_NEIGHBOURS = 16  # of each of the best candidates
_FIRST, _NEARER = 0.1, 0.35  # distance of the neighbours, and what it is multiplied by


def log_improvement(mean: Matrix, spread: Matrix, best: float) -> Matrix:
    """The logarithm of the expected improvement; without it, all candidates that are hardly promising are equal.

    Parameters:
        mean, spread: of the values at the candidates.
        best: the least value so far.
    """
    spread = np.maximum(spread, 1e-12)
    z = (best - mean) / spread
    # z * cdf(z) + pdf(z), where the sum does not cancel; else its asymptotic form for z far below zero.
    plain = np.log(np.maximum(z * np.exp(log_ndtr(z)) + norm.pdf(z), 1e-300))
    far = norm.logpdf(z) - 2 * np.log(np.maximum(-z, 1.0))
    improvement: Matrix = np.log(spread) + np.where(z > -5, plain, far)
    return improvement


def promising(
    regression: Regression, best: float, known: Matrix, cube: UnitCube, numbers: np.random.Generator
) -> Matrix:
    """Rows in the order of their expected improvement.

    Parameters:
        regression: of the values.
        best: the least value so far.
        known: the rows looked at, the best first.
        cube: what is searched.
        numbers: randomness.
    """

    def judged(rows: Matrix) -> Matrix:
        return log_improvement(*regression.mean_and_spread(rows), best)

    leaders = known[:_LEADERS]
    around = [cube.near(leaders, _NEAR, size, numbers) for size in (_FIRST, _FIRST / 10)]
    rows = np.vstack([cube.random(_ANYWHERE, numbers), *around])
    worth, size = judged(rows), _FIRST
    for _ in range(_ROUNDS):
        first = np.argsort(-worth, kind="stable")[:_LEADERS]
        nearer = cube.near(rows[first], _NEIGHBOURS, size, numbers)
        rows, worth = np.vstack([rows[first], nearer]), np.concatenate([worth[first], judged(nearer)])
        size *= _NEARER
    return rows[np.argsort(-worth, kind="stable")]
