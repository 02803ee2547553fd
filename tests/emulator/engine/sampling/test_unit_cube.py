from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from emulator.engine.plan import SweepPlan
from emulator.engine.sampling.coordinates import (
    Category,
    Real,
    Whole,
    axes_of,
    conditions_of,
    coordinates_of,
    point_at,
)
from emulator.engine.sampling.unit_cube import UnitCube

MakePlan = Callable[..., SweepPlan]

AXES = {"c": Category(3), "n": Whole(2, 5), "x": Real(-1.0, 7.0)}
FINITE = {"c": Category(3), "n": Whole(2, 5)}
NESTED = {"m": ["choice", [[{"a": ["uniform", [1, 2]], "b": ["choice", [[{"c": ["quniform", [1, 9, 2]]}, 4]]]}, "no"]]]}


def test_coordinates_come_back_from_their_row() -> None:
    cube = UnitCube(AXES, {})
    row = cube.from_coordinates(np.array([[2.0, 3.0, 0.5]]))[0]
    assert row == pytest.approx([2, 1 / 3, 1.5 / 8])
    assert cube.to_coordinates(row) == {"c": 2, "n": 3, "x": 0.5}


@pytest.mark.parametrize("draw", ["random", "near"])
def test_every_row_drawn_stands_for_coordinates_of_the_axes(draw: str) -> None:
    cube, numbers = UnitCube(AXES, {}), np.random.default_rng(1)
    rows = cube.random(300, numbers)
    if draw == "near":
        rows = cube.near(rows[:10], 30, 0.3, numbers)
    assert {*rows[:, 0].tolist()} == {0.0, 1.0, 2.0}
    assert {*rows[:, 1].tolist()} == {0.0, 1 / 3, 2 / 3, 1.0}
    assert rows[:, 2].min() >= 0
    assert rows[:, 2].max() <= 1
    exact = np.array([[*cube.to_coordinates(row).values()] for row in rows], dtype=float)
    assert cube.from_coordinates(exact)[:, :2].tolist() == rows[:, :2].tolist()


def test_neighbours_lie_near_and_some_share_columns_with_their_row() -> None:
    cube = UnitCube({f"x{i}": Real(0, 1) for i in range(10)}, {})
    rows = np.full((1, 10), 0.5)
    near = cube.near(rows, 200, 0.01, np.random.default_rng(1))
    assert np.abs(near - 0.5).max() < 0.06
    assert 0.3 < (near == 0.5).mean() < 0.5


def test_all_rows_are_listed_where_they_are_few() -> None:
    rows = UnitCube(FINITE, {}).all_rows(12)
    assert rows is not None
    assert len(np.unique(rows, axis=0)) == 12
    assert UnitCube(FINITE, {}).all_rows(11) is None
    assert UnitCube(AXES, {}).all_rows(10**9) is None


def test_rows_of_a_nested_space_are_those_of_its_points(make_plan: MakePlan) -> None:
    space = make_plan(NESTED).space
    cube = UnitCube(axes_of(space), conditions_of(space))
    for row in cube.random(100, np.random.default_rng(1)):
        coordinates = cube.to_coordinates(row)
        assert coordinates_of(space, point_at(space, coordinates)) == pytest.approx(coordinates)
