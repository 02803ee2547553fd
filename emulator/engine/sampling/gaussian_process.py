"""Gaussian-process optimisation (Jones et al. 1998) by egobox, which needs neither torch nor a compiler."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import egobox
import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr
from scipy.stats import norm

from emulator.engine.objective import Goal
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import Axis, Category, Coordinates, Real, Whole
from emulator.engine.sampling.optimiser import Choose, Problem
from emulator.engine.values import Point

#: Settings of egobox, found with bench/optimise.py: as good as its own on six dimensions at a third of the cost. Above
#: `_NARROW` columns the fit costs most, and a rough one at each step does.
_NARROW = 8
_THOROUGH = {"infill_n_start": 10, "gp_config": egobox.GpConfig(theta_n_start=3)}
_ROUGH = {"infill_n_start": 5, "gp_config": egobox.GpConfig(theta_n_start=1, theta_max_eval=25)}

_MOST = 100  # trials that the model is fitted to: the cost grows with their cube
_NEWEST = 30  # of them; the others are the best

_LISTED = 4096  # a finite space of at most so many points is judged point by point
_FINITE = 1e150  # differences of such values are finite, too
_FAR = 20.0  # spans of the middle half

Matrix = NDArray[np.float64]


class GaussianProcess:
    """Proposes the highest expected improvement on the best value so far.

    Trials that still run count as if they had ended with the mean of the values known (a constant liar), so that
    concurrent trials keep apart; trials that ended without a finite value are left out.

    Parameters:
        problem: what is optimised.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._axes = list(problem.axes.values())
        self._names = list(problem.axes)
        self._specs = [_spec(axis) for axis in self._axes]
        self._listed = _every_row(self._axes)
        columns = sum(axis.count if isinstance(axis, Category) else 1 for axis in self._axes)
        self._known_rows: list[tuple[Point, tuple[float, ...]]] = []
        self._settings = _THOROUGH if columns <= _NARROW else _ROUGH

    def propose(self, index: int, history: Sequence[Observation], choose: Choose) -> Coordinates:
        """See `Optimiser`."""
        rows, values = self._data(history)
        values = _tamed(values)
        numbers = np.random.default_rng([self._problem.seed, index])
        proposals = self._proposals(rows, values, numbers) if len(rows) > 1 and np.ptp(values) else iter(())
        at_random = (self._at_random(numbers) for _ in itertools.count())
        rowwise = itertools.chain(proposals, at_random)
        return choose(lambda: self._named(next(rowwise)))

    def _proposals(self, rows: Matrix, values: Matrix, numbers: np.random.Generator) -> Iterator[Matrix]:
        try:
            if self._listed is not None:
                yield from self._ranked(self._listed, rows, values)
                return
            while True:
                seed = int(numbers.integers(2**32))
                egor = egobox.Egor(
                    self._specs, seed=seed, infill_optimizer=egobox.InfillOptimizer.SLSQP, **self._settings
                )
                yield egor.suggest(rows, values[:, None])[0]
        except Exception:  # noqa: BLE001 - no model fits: chance goes on
            return
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of the Rust library, which exports no such name
                raise

    def _ranked(self, candidates: Matrix, rows: Matrix, values: Matrix) -> Iterator[Matrix]:
        """The candidates in the order of their expected improvement; of equal ones the first comes first."""
        fitted = egobox.Gpx.builder().fit(self._scaled(rows), values)
        mean, spread = fitted.predict(self._scaled(candidates), return_std=True)
        yield from candidates[np.argsort(-_log_improvement(mean, spread, float(values.min())), kind="stable")]

    def _data(self, history: Sequence[Observation]) -> tuple[Matrix, Matrix]:
        """Different coordinates with the mean of their values, to be minimised."""
        sign = -1.0 if self._problem.goal is Goal.MAXIMIZE else 1.0
        known: dict[tuple[float, ...], list[float]] = {}
        pending: list[tuple[float, ...]] = []
        for index, one in enumerate(history):
            row = self._row(index, one.point)
            if one.ended and one.value is not None and math.isfinite(one.value):
                known.setdefault(row, []).append(sign * one.value)
            elif not one.ended:
                pending.append(row)
        means = {row: float(np.mean(values)) for row, values in known.items()}
        lie = float(np.mean(list(means.values()))) if means else 0.0
        for row in pending:
            means.setdefault(row, lie)
        rows, values = np.array(list(means)), np.array(list(means.values()))
        if len(rows) > _MOST:
            older = np.argsort(values[:-_NEWEST], kind="stable")[: _MOST - _NEWEST]
            kept = np.concatenate([np.sort(older), np.arange(len(rows) - _NEWEST, len(rows))])
            rows, values = rows[kept], values[kept]
        return rows, values

    def _row(self, index: int, point: Point) -> tuple[float, ...]:
        """The coordinates of trial `index`, worked out once: a history grows at its end."""
        known = self._known_rows
        if index >= len(known) or known[index][0] is not point:
            coordinates = self._problem.coordinates(point)
            known[index:] = [(point, tuple(float(coordinates[name]) for name in self._names))]
        return known[index][1]

    def _scaled(self, rows: Matrix) -> Matrix:
        """Numbers between 0 and 1, and one column for each place of a category."""
        columns: list[Matrix] = []
        for axis, column in zip(self._axes, rows.T, strict=True):
            if isinstance(axis, Category):
                columns.extend((column == place).astype(float) for place in range(axis.count))
            else:
                columns.append((column - axis.low) / (axis.high - axis.low))
        return np.column_stack(columns)

    def _at_random(self, numbers: np.random.Generator) -> Matrix:
        return np.array([_random(axis, numbers) for axis in self._axes])

    def _named(self, row: Matrix) -> Coordinates:
        pairs = zip(self._problem.axes.items(), row.tolist(), strict=True)
        return {name: _within(axis, x) for (name, axis), x in pairs}


def _tamed(values: Matrix) -> Matrix:
    """Values around 0 whose middle half spans 1; those far out are brought nearer, or they would hide all others."""
    if not len(values):
        return values
    values = np.clip(values, -_FINITE, _FINITE)
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    spread = high - low or np.ptp(values)
    tamed: Matrix = np.clip((values - middle) / (spread or 1.0), -_FAR, _FAR)
    return tamed


def _log_improvement(mean: Matrix, spread: Matrix, best: float) -> Matrix:
    """The logarithm of the expected improvement; without it, all candidates that are hardly promising are equal."""
    spread = np.maximum(spread, 1e-12)
    z = (best - mean) / spread
    # z * cdf(z) + pdf(z), where the sum does not cancel; else its asymptotic form for z far below zero.
    plain = np.log(np.maximum(z * np.exp(log_ndtr(z)) + norm.pdf(z), 1e-300))
    far = norm.logpdf(z) - 2 * np.log(np.maximum(-z, 1.0))
    improvement: Matrix = np.log(spread) + np.where(z > -5, plain, far)
    return improvement


def _spec(axis: Axis) -> egobox.XSpec:
    match axis:
        case Category(count):
            return egobox.XSpec(egobox.XType.ENUM, [float(count)])
        case Whole(low, high):
            return egobox.XSpec(egobox.XType.INT, [float(low), float(high)])
        case Real(low, high):
            return egobox.XSpec(egobox.XType.FLOAT, [low, high])


def _every_row(axes: Sequence[Axis]) -> Matrix | None:
    """All coordinates, where they are few."""
    ranges: list[range] = []
    for axis in axes:
        match axis:
            case Category(count):
                ranges.append(range(count))
            case Whole(low, high):
                ranges.append(range(low, high + 1))
            case Real():
                return None
    if math.prod(map(len, ranges)) > _LISTED:
        return None
    return np.array(list(itertools.product(*ranges)), dtype=float)


def _random(axis: Axis, numbers: np.random.Generator) -> float:
    match axis:
        case Category(count):
            return float(numbers.integers(count))
        case Whole(low, high):
            return float(numbers.integers(low, high + 1))
        case Real(low, high):
            return float(numbers.uniform(low, high))


def _within(axis: Axis, x: float) -> int | float:
    """A coordinate of this axis: the optimiser's numbers are rounded, and at times outside by a rounding error."""
    match axis:
        case Category(count):
            return min(max(round(x), 0), count - 1)
        case Whole(low, high):
            return min(max(round(x), low), high)
        case Real(low, high):
            return min(max(x, low), high)
