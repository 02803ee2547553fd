"""Gaussian-process regression (Rasmussen & Williams 2006, chapters 2 and 5) with numpy and scipy.

The kernel is Matérn's of smoothness 5/2, with a scale of its own for each column; two different places of a category
are one unit apart. Scales, amplitude and noise are those of the highest posterior density, found by gradients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize

from emulator.engine.sampling.observed import Mask, Matrix

#: Mean and deviation of the logarithms of the scales (inverse squared lengths, of columns that span 1) and the noise,
#: chosen among a few (docs/performance.md): a metric that changes within a column is expected.
_SCALE = (1.0, 1.7)
_NOISE = (-6.0, 2.0)
_LEAST_NOISE = 1e-6  # relative to the spread of the values: keeps the kernel matrix regular
_BOUNDS = {"scale": (-6.0, 7.0), "amplitude": (-5.0, 3.0), "noise": (math.log(1e-7), 2.0)}
_STEPS = 20  # of the search for the scales, which costs most of a suggestion


@dataclass(frozen=True, slots=True)
class Scales:
    """The parameters of a kernel.

    Parameters:
        columns: inverse squared length of each column.
        amplitude: variance of the values that the columns explain.
        noise: variance of the values that they do not.
    """

    columns: Matrix
    amplitude: float
    noise: float


class Regression:
    """What is known of a function from its values at some rows.

    Parameters:
        rows: numbers between 0 and 1, or places of a category.
        values: with a mean of 0 and a variance of about 1.
        categories: which columns hold places of a category.
        scales: of the kernel.

    Raises:
        numpy.linalg.LinAlgError: the rows do not fit the scales.
    """

    def __init__(self, rows: Matrix, values: Matrix, categories: Mask, scales: Scales) -> None:
        self.scales = scales
        self._rows, self._values, self._categories = rows, values, categories
        kernel = self._kernel(rows)
        kernel[np.diag_indices(len(rows))] += scales.noise
        self._root = cholesky(kernel, lower=True, check_finite=False)
        self._weights = cho_solve((self._root, True), values, check_finite=False)

    def mean(self, rows: Matrix) -> Matrix:
        """The expected values at other rows."""
        expected: Matrix = self._kernel(rows) @ self._weights
        return expected

    def mean_and_spread(self, rows: Matrix) -> tuple[Matrix, Matrix]:
        """The expected values at other rows, and their standard deviations."""
        kernel = self._kernel(rows)
        explained = solve_triangular(self._root, kernel.T, lower=True, check_finite=False)
        return kernel @ self._weights, np.sqrt(np.maximum(self.scales.amplitude - (explained**2).sum(axis=0), 1e-12))

    def believing(self, rows: Matrix) -> Regression:
        """The same with values at further rows, each as expected (Ginsbourger et al. 2010): only doubts are fewer."""
        if not len(rows):
            return self
        values = np.concatenate([self._values, self.mean(rows)])
        return Regression(np.vstack([self._rows, rows]), values, self._categories, self.scales)

    def _kernel(self, rows: Matrix) -> Matrix:
        number, roots = ~self._categories, np.sqrt(self.scales.columns)
        one, other = rows[:, number] * roots[number], self._rows[:, number] * roots[number]
        square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
        for column in np.flatnonzero(self._categories):
            square += self.scales.columns[column] * (rows[:, column, None] != self._rows[:, column])
        return self.scales.amplitude * _matern(np.maximum(square, 0.0))[0]


def fitted(rows: Matrix, values: Matrix, categories: Mask) -> Regression:
    """The regression whose scales explain the values best.

    Parameters:
        rows, values, categories: of `Regression`.

    Raises:
        numpy.linalg.LinAlgError: none does.
    """
    count, width = rows.shape
    square = (rows.T[:, :, None] - rows.T[:, None, :]) ** 2
    square[categories] = square[categories] > 0
    flat = square.reshape(width, -1)

    def loss(logarithms: Matrix) -> tuple[float, Matrix]:
        """Minus the logarithm of the posterior density, and its gradient."""
        scales = _scales(logarithms)
        shape, slope = _matern((scales.columns @ flat).reshape(count, count))
        kernel = scales.amplitude * shape
        kernel[np.diag_indices(count)] += scales.noise
        try:
            root = cholesky(kernel, lower=True, check_finite=False)
        except np.linalg.LinAlgError:
            return 1e25, np.zeros(len(logarithms))
        weights = cho_solve((root, True), values, check_finite=False)
        inverse = np.tril(dpotri(root, lower=1)[0])
        inverse += np.tril(inverse, -1).T
        outer = inverse - np.outer(weights, weights)
        free_noise = scales.noise - _LEAST_NOISE
        gradient = np.concatenate(
            [
                scales.columns * (flat @ (outer * slope).ravel()) * scales.amplitude / 2,
                [scales.amplitude * np.vdot(outer, shape) / 2, free_noise * np.trace(outer) / 2],
            ]
        )
        misfit = float(values @ weights) / 2 + float(np.log(np.diag(root)).sum())
        doubt, correction = _prior(logarithms)
        return misfit + doubt, gradient + correction

    start = np.concatenate([np.zeros(width), [0.0, math.log(1e-3)]])
    bounds = [_BOUNDS["scale"]] * width + [_BOUNDS["amplitude"], _BOUNDS["noise"]]
    limits = {"maxiter": _STEPS, "maxfun": _STEPS + 5}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=limits)
    return Regression(rows, values, categories, _scales(found.x))


def _scales(logarithms: Matrix) -> Scales:
    amplitude, noise = np.exp(logarithms[-2:]).tolist()
    return Scales(np.exp(logarithms[:-2]), amplitude, noise + _LEAST_NOISE)


def _prior(logarithms: Matrix) -> tuple[float, Matrix]:
    """Minus the logarithm of the prior density: lognormal scales and noise, an amplitude about 1; and its gradient."""
    columns = (logarithms[:-2] - _SCALE[0]) / _SCALE[1]
    noise = (logarithms[-1] - _NOISE[0]) / _NOISE[1]
    amplitude = math.exp(logarithms[-2])
    gradient = np.concatenate([columns / _SCALE[1], [amplitude - 1, noise / _NOISE[1]]])
    return float(columns @ columns + noise**2) / 2 + amplitude - float(logarithms[-2]), gradient


def _matern(square: Matrix) -> tuple[Matrix, Matrix]:
    """The kernel at squared distances, and its derivative with respect to them."""
    distance = np.sqrt(5 * square)
    decay = np.exp(-distance)
    return (1 + distance + distance**2 / 3) * decay, -5 / 6 * (1 + distance) * decay
