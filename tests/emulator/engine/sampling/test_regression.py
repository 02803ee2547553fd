from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from emulator.engine.sampling import regression as module
from emulator.engine.sampling.observed import Matrix
from emulator.engine.sampling.regression import Regression, Scales, fitted

NO_CATEGORY = np.array([False, False])


def _rows(count: int, width: int = 2) -> Matrix:
    return np.random.default_rng(1).random((count, width))


def _wave(rows: Matrix) -> Matrix:
    values: Matrix = np.sin(6 * rows[:, 0])
    return (values - values.mean()) / values.std()


def test_it_passes_through_values_without_noise_and_doubts_what_is_far() -> None:
    rows = _rows(20)
    known = fitted(rows, _wave(rows), NO_CATEGORY)
    mean, spread = known.mean_and_spread(rows)
    assert mean == pytest.approx(_wave(rows), abs=0.02)
    assert known.mean_and_spread(np.array([[9.0, 9.0]]))[1][0] > 5 * spread.max()


def test_it_predicts_what_it_has_not_seen() -> None:
    rows = _rows(60)
    known = fitted(rows[:40], _wave(rows)[:40], NO_CATEGORY)
    assert known.mean(rows[40:]) == pytest.approx(_wave(rows)[40:], abs=0.1)


def test_a_column_that_does_not_matter_gets_a_greater_length() -> None:
    rows = _rows(40)
    columns = fitted(rows, _wave(rows), NO_CATEGORY).scales.columns
    assert columns[1] < columns[0] / 10


def test_noise_is_told_from_signal() -> None:
    rows = _rows(50)
    disturbed = _wave(rows) + np.random.default_rng(2).normal(0, 0.5, len(rows))
    quiet, noisy = (fitted(rows, values, NO_CATEGORY).scales.noise for values in (_wave(rows), disturbed))
    assert quiet < 0.01 < 0.1 < noisy < 0.5


def test_places_of_a_category_have_no_order() -> None:
    rows = np.array([[0.0], [1.0], [2.0]])
    known = Regression(rows, np.array([-1.0, 0.0, 1.0]), np.array([True]), Scales(np.array([2.0]), 1.0, 1e-6))
    mean, spread = known.mean_and_spread(np.array([[3.0], [4.0]]))
    assert mean[0] == pytest.approx(mean[1])
    assert spread[0] == pytest.approx(spread[1])


def test_believing_in_a_row_takes_doubt_away_and_leaves_expectations() -> None:
    rows, elsewhere = _rows(10), np.array([[0.9, 0.1]])
    known = fitted(rows, _wave(rows), NO_CATEGORY)
    believed, others = known.believing(elsewhere), _rows(30)[10:]
    assert believed.mean(others) == pytest.approx(known.mean(others), abs=1e-3)
    assert believed.mean_and_spread(elsewhere)[1][0] < known.mean_and_spread(elsewhere)[1][0] / 2


def test_the_search_is_given_the_true_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.column_stack([_rows(12), np.arange(12) % 3])
    asked = []

    def minimize(loss: object, start: Matrix, **options: object) -> None:
        asked.append((loss, start))
        raise StopIteration

    monkeypatch.setattr(module, "minimize", minimize)
    with pytest.raises(StopIteration):
        fitted(rows, _wave(rows), np.array([False, False, True]))
    loss, start = asked[0]
    place = start + np.array([0.3, -0.2, 0.1, 0.4, 1.5])
    assert loss(place)[1] == pytest.approx(approx_fprime(place, lambda at: loss(at)[0], 1e-6), rel=1e-3, abs=1e-4)  # type: ignore[operator]
