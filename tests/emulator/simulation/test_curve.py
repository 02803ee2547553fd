"""Curves from objectives and tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emulator.simulation.curve import Curve, evenly, from_objective, from_table, series


def test_values_come_at_even_distances_and_the_last_one_at_the_end() -> None:
    curve = evenly([3, 2, 1], duration=30)
    assert curve == Curve([(10.0, 0, 3.0), (20.0, 1, 2.0), (30.0, 2, 1.0)], 30.0)


def test_an_objective_may_give_a_number_a_series_or_a_dict() -> None:
    assert from_objective(lambda x: x)(0, {"x": 2}).points == [(1.0, 0, 2.0)]
    assert from_objective(lambda x: [x, x + 1])(0, {"x": 2}).points == [(1.0, 0, 2.0), (2.0, 1, 3.0)]
    whole = from_objective(lambda x: {"values": [x], "duration": 7, "exit_code": 3})(0, {"x": 2})
    assert whole == Curve([(7.0, 0, 2.0)], 7.0, 3)


def test_a_trial_beyond_the_table_is_told_how_many_there_are() -> None:
    curve_of = from_table([evenly([1.0])])
    assert curve_of(0, {}).points == [(1.0, 0, 1.0)]
    with pytest.raises(LookupError, match="trial 1 has no recorded curve; there are 1"):
        curve_of(1, {})


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (None, "None is neither a number nor a series"),
        ("0.5", "'0.5' is neither"),
        ({"value": 1}, "key 'values' is needed; its keys are value"),
        ({"values": [1], "duration": -4}, "duration is -4"),
        ({"values": [1], "duration": math.nan}, "duration is nan"),
        ({"values": [1], "exit_code": "1"}, "exit_code is '1'"),
    ],
)
def test_what_is_no_curve_is_refused(answer: object, complaint: str) -> None:
    with pytest.raises((TypeError, ValueError), match=complaint):
        series(answer)


def test_an_array_of_no_dimension_is_one_number() -> None:
    assert series(np.array(0.5)) == series(np.float32(0.5)) == series(0.5)
