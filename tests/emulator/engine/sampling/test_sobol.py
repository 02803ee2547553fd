from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from emulator.engine.sampling.sobol import SobolRows


@pytest.mark.parametrize("width", [1, 2, 7])
def test_the_first_rows_are_scipys_scrambled_sequence(width: int) -> None:
    rows = SobolRows(width, 5)
    ours = np.array([rows.row(number) for number in range(300)])
    assert ours.min() >= 0
    assert ours.max() < 1
    whole = qmc.Sobol(width, seed=np.random.default_rng([5, 0])).random(512)
    assert np.array_equal(ours, whole[:300])


def test_sobol_covers_the_square_more_evenly_than_random_numbers() -> None:
    rows = SobolRows(2, 3)
    sobol = np.array([rows.row(number) for number in range(128)])
    random = np.random.default_rng(3).random((128, 2))
    assert qmc.discrepancy(sobol) < qmc.discrepancy(random) / 4


def test_each_quarter_of_a_power_of_two_has_its_share() -> None:
    rows = SobolRows(2, 9)
    table = np.array([rows.row(number) for number in range(64)])
    counts = np.histogram2d(table[:, 0], table[:, 1], bins=8, range=[[0, 1], [0, 1]])[0]
    assert (counts == 1).all()
