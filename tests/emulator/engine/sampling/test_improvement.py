from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from emulator.engine.sampling.coordinates import Real
from emulator.engine.sampling.improvement import log_improvement, promising
from emulator.engine.sampling.regression import fitted
from emulator.engine.sampling.unit_cube import UnitCube


@pytest.mark.parametrize(("mean", "spread"), [(0.0, 1.0), (-2.0, 0.5), (3.0, 1.0), (6.0, 1.0)])
def test_it_is_the_logarithm_of_the_expected_improvement(mean: float, spread: float) -> None:
    expected, _ = quad(lambda y: -y * norm.pdf(y, mean, spread), mean - 12 * spread, 0, epsabs=0, epsrel=1e-9)
    found = log_improvement(np.array([mean]), np.array([spread]), 0.0)[0]
    assert found == pytest.approx(np.log(expected), abs=0.1 if mean > 5 else 1e-6)


def test_candidates_without_hope_still_have_an_order() -> None:
    worth = log_improvement(np.array([50.0, 60.0, 1e6]), np.ones(3), 0.0)
    assert worth[0] > worth[1] > worth[2] > -np.inf


def test_the_first_row_has_the_highest_improvement_of_all() -> None:
    numbers = np.random.default_rng(3)
    cube = UnitCube({"x": Real(0, 1), "y": Real(0, 1)}, {})
    rows = cube.random(15, numbers)
    values = ((rows - [0.3, 0.8]) ** 2).sum(axis=1)
    values = (values - values.mean()) / values.std()
    known, best = fitted(rows, values, cube.categories), float(values.min())
    found = promising(known, best, rows[np.argsort(values)], cube, numbers)[:1]
    side = np.linspace(0, 1, 101)
    grid = np.array(np.meshgrid(side, side)).reshape(2, -1).T
    assert (
        log_improvement(*known.mean_and_spread(found), best)
        >= log_improvement(*known.mean_and_spread(grid), best).max()
    )
