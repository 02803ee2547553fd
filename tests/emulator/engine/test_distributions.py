"""The ten distributions against scipy's, at fixed seeds."""

from __future__ import annotations

import math
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from contracts.arm.distributions import parse_distribution
from emulator.engine.distributions import Distribution, distribution_of

_DRAWS = 4000
_SIGNIFICANT = 0.001


def _of(kind: str, *arguments: Any, logbase: float = math.e) -> Distribution:
    return distribution_of(parse_distribution([kind, list(arguments)]), logbase)


def _draw(distribution: Distribution, seed: int, count: int = _DRAWS) -> list[Any]:
    return [distribution.value(u) for u in np.random.default_rng(seed).random(count).tolist()]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("distribution", "reference"),
    [
        (_of("uniform", -2, 5), stats.uniform(-2, 7)),
        (_of("loguniform", -6, -1), stats.loguniform(math.exp(-6), math.exp(-1))),
        (_of("normal", 10, 3), stats.norm(10, 3)),
        (_of("lognormal", 0, 0.5), stats.lognorm(0.5)),
    ],
)
def test_continuous_distributions_agree_with_scipy(distribution: Distribution, reference: Any, seed: int) -> None:
    assert stats.kstest(_draw(distribution, seed), reference.cdf).pvalue > _SIGNIFICANT


@pytest.mark.parametrize("q", [0.01, 0.25, 0.5, 0.9, 0.999])
@pytest.mark.parametrize(
    ("distribution", "reference"),
    [
        (_of("uniform", -2, 5), stats.uniform(-2, 7)),
        (_of("loguniform", -6, -1), stats.loguniform(math.exp(-6), math.exp(-1))),
        (_of("normal", 10, 3), stats.norm(10, 3)),
        (_of("lognormal", 0, 0.5), stats.lognorm(0.5)),
    ],
)
def test_a_distribution_is_its_quantile_function(distribution: Distribution, reference: Any, q: float) -> None:
    assert distribution.value(q) == pytest.approx(reference.ppf(q))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("distribution", "reference", "q"),
    [
        (_of("quniform", 1, 10, 2), stats.uniform(1, 9), 2),
        (_of("qloguniform", 0, 3, 4), stats.loguniform(1, math.exp(3)), 4),
        (_of("qnormal", 0, 4, 3), stats.norm(0, 4), 3),
        (_of("qlognormal", 1, 0.5, 1), stats.lognorm(0.5, scale=math.e), 1),
    ],
)
def test_a_quantised_value_has_the_probability_of_its_bin(
    distribution: Distribution, reference: Any, q: float, seed: int
) -> None:
    drawn = Counter(_draw(distribution, seed))
    expected = {value: float(reference.cdf(value + q / 2) - reference.cdf(value - q / 2)) for value in drawn}
    common = [value for value in drawn if expected[value] * _DRAWS >= 5]
    observed = [drawn[value] for value in common]
    wanted = np.array([expected[value] for value in common])
    assert sum(wanted) > 0.98
    wanted = wanted / wanted.sum() * sum(observed)
    assert stats.chisquare(observed, wanted).pvalue > _SIGNIFICANT


@pytest.mark.parametrize("kind", ["choice", "randint"])
def test_discrete_distributions_are_even(kind: str) -> None:
    distribution = _of("choice", ["a", "b", "c", "d", "e"]) if kind == "choice" else _of("randint", 5)
    counts = Counter(_draw(distribution, 4))
    assert len(counts) == 5
    assert stats.chisquare(list(counts.values())).pvalue > _SIGNIFICANT


@pytest.mark.parametrize(
    ("distribution", "mean", "deviation"),
    [
        (_of("uniform", 0, 12), 6, 12 / math.sqrt(12)),
        (_of("randint", 10), 4.5, math.sqrt(99 / 12)),
        (_of("normal", -3, 2), -3, 2),
        (_of("lognormal", 0, 0.25), math.exp(0.03125), math.sqrt((math.exp(0.0625) - 1) * math.exp(0.0625))),
    ],
)
def test_moments(distribution: Distribution, mean: float, deviation: float) -> None:
    drawn = np.array(_draw(distribution, 5))
    assert drawn.mean() == pytest.approx(mean, abs=4 * deviation / math.sqrt(_DRAWS))
    assert drawn.std() == pytest.approx(deviation, rel=0.06)


@given(
    u=st.floats(0, 1, exclude_max=True),
    low=st.floats(-50, 50),
    width=st.floats(0, 100),
    q=st.floats(0.01, 20),
)
def test_supports(u: float, low: float, width: float, q: float) -> None:
    high = low + width
    assert low <= _of("uniform", low, high).value(u) <= high  # type: ignore[operator]
    drawn = _of("quniform", low, high, q)
    value = drawn.value(u)
    assert isinstance(value, float)
    assert value == round(value / q) * q
    assert low - q / 2 <= value + 1e-9
    assert value <= high + q / 2 + 1e-9
    assert 0 <= _of("randint", 7).value(u) <= 6  # type: ignore[operator]


@given(low=st.floats(-20, 20), width=st.floats(0, 40), q=st.floats(0.5, 7))
@example(low=0.5, width=0.0, q=1.0)
@example(low=-1.5, width=0.0, q=1.0)
def test_the_size_of_a_quantised_range_counts_its_values(low: float, width: float, q: float) -> None:
    distribution = _of("quniform", low, low + width, q)
    assert distribution.size is not None
    listed = [distribution.at(place) for place in range(distribution.size)]
    drawn = {distribution.value((k + 0.5) / 4000) for k in range(4000)}
    assert drawn <= set(listed)
    assert listed == sorted(set(listed))  # type: ignore[type-var]


def test_the_formula_of_the_docs_is_not_clipped_to_the_bounds() -> None:
    distribution = _of("quniform", 1, 10, 4)
    assert [distribution.at(place) for place in range(distribution.size or 0)] == [0.0, 4.0, 8.0]
    distribution = _of("quniform", 1, 10, 3)
    assert distribution.value(0.99) == 9.0


def test_quantised_values_are_floats_and_integers_stay_integers() -> None:
    assert repr(_of("quniform", 10, 250, 1).value(0.23)) == "65.0"
    assert repr(_of("randint", 10).value(0.55)) == "5"
    assert repr(_of("choice", [1, 2.0, "3"]).value(0)) == "1"


def test_halves_are_rounded_to_even() -> None:
    assert _of("quniform", 0, 1, 1).value(0.5) == 0.0
    assert _of("quniform", 0, 3, 1).value(0.5) == 2.0


def test_a_logbase_replaces_e() -> None:
    assert _of("loguniform", -2, 2, logbase=10).value(0.75) == pytest.approx(10)
    assert _of("lognormal", 3, 0, logbase=2).value(0.4) == pytest.approx(8)
    assert _of("uniform", -2, 2, logbase=10).value(0.75) == 1


def test_extremes_stay_finite() -> None:
    assert math.isfinite(_of("normal", 0, 1).value(0.0))  # type: ignore[arg-type]
    assert math.isfinite(_of("lognormal", 700, 100).value(0.99999))  # type: ignore[arg-type]
    assert math.isfinite(_of("qlognormal", 700, 100, 0.5).value(0.99999))  # type: ignore[arg-type]


def test_a_value_listed_twice_is_one_value_twice_as_likely() -> None:
    distribution = _of("choice", ["a", "a", "b", 1, True])
    assert distribution.size == 4
    assert [distribution.at(place) for place in range(4)] == ["a", "b", 1, True]
    assert [distribution.value(u) for u in (0.1, 0.3, 0.5)] == ["a", "a", "b"]


@pytest.mark.parametrize(
    "distribution",
    [
        _of("qloguniform", 700, 800, 3),
        _of("qlognormal", 0, 1e5, 7),
        _of("normal", 0, 1e308),
        _of("lognormal", 0, 1e308),
    ],
)
def test_values_stay_within_the_floats(distribution: Distribution) -> None:
    assert distribution.value(0.99) == sys.float_info.max


def test_a_bound_half_way_between_multiples_is_rounded_to_one_that_has_a_place() -> None:
    distribution = _of("quniform", 1, 9, 2)
    assert [distribution.at(place) for place in range(distribution.size or 0)] == [2, 4, 6, 8]
    assert distribution.value(0.0) == 2
