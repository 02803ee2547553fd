"""Gaussian-process optimisation (Jones et al. 1998) by the library egobox, an optional one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import egobox
import numpy as np

from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import Axis, Category, Coordinates, Real, Whole, within
from emulator.engine.sampling.improvement import log_improvement
from emulator.engine.sampling.observed import Matrix, Table
from emulator.engine.sampling.optimiser import Choose, Problem

#: Settings of egobox, found with bench/optimise.py: as good as its own on six dimensions at a third of the cost. Above
#: `_NARROW` columns the fit costs most, and a rough one at each step does.
_NARROW = 8
_THOROUGH = {"infill_n_start": 10, "gp_config": egobox.GpConfig(theta_n_start=3)}
_ROUGH = {"infill_n_start": 5, "gp_config": egobox.GpConfig(theta_n_start=1, theta_max_eval=25)}

_MOST = 80  # trials that the model is fitted to: the cost grows with their cube

_LISTED = 4096  # a finite space of at most so many points is judged point by point
_FAR = 20.0  # spans of the middle half


class EgorProcess:
    """Proposes the highest expected improvement on the best value so far.

    Trials that still run count as if they had ended with the mean of the values known (a constant liar), so that
    concurrent trials keep apart; trials that ended without a finite value are left out.

    Parameters:
        problem: what is optimised.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._axes = list(problem.axes.values())
        self._specs = [_spec(axis) for axis in self._axes]
        self._listed = _every_row(self._axes)
        columns = sum(axis.count if isinstance(axis, Category) else 1 for axis in self._axes)
        self._table = Table(problem)
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
        yield from candidates[np.argsort(-log_improvement(mean, spread, float(values.min())), kind="stable")]

    def _data(self, history: Sequence[Observation]) -> tuple[Matrix, Matrix]:
        """Different coordinates with the mean of their values, to be minimised."""
        rows, values, pending = self._table.observed(history).best_and_newest(_MOST)
        lies = np.full(len(pending), float(values.mean()) if len(values) else 0.0)
        return np.vstack([rows, pending]), np.concatenate([values, lies])

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
        return {name: within(axis, x) for (name, axis), x in pairs}


def _tamed(values: Matrix) -> Matrix:
    """Values around 0 whose middle half spans 1; those far out are brought nearer, or they would hide all others."""
    if not len(values):
        return values
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    spread = high - low or np.ptp(values)
    tamed: Matrix = np.clip((values - middle) / (spread or 1.0), -_FAR, _FAR)
    return tamed


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
