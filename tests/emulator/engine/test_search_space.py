from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.arm.distributions import parse_distribution
from emulator.engine.search_space import SearchSpace, search_space_of

NESTED: dict[str, Any] = {
    "model": [
        "choice",
        [[{"name": "svm", "c": ["uniform", [1, 2]]}, {"name": "cart", "depth": ["choice", [[3, 5]]]}, "dummy"]],
    ],
    "seed": ["choice", [[1, 2]]],
}


def space_of(wire: dict[str, Any], *, flatten: bool = True) -> SearchSpace:
    return search_space_of({name: parse_distribution(value) for name, value in wire.items()}, flatten=flatten)


def test_a_point_has_the_parameters_in_declaration_order() -> None:
    space = space_of({"b": ["uniform", [0, 1]], "a": ["randint", [10]]})
    assert list(space.point([0.25, 0.75]).items()) == [("b", 0.25), ("a", 7)]


@pytest.mark.parametrize(
    ("row", "point"),
    [
        ([0.1, 0.0, 0.5, 0.0, 0.9, 0.9], {"model": {"name": "svm", "c": 1.5}, "name": "svm", "c": 1.5, "seed": 2}),
        (
            [0.5, 0.9, 0.9, 0.0, 0.9, 0.1],
            {"model": {"name": "cart", "depth": 5}, "name": "cart", "depth": 5, "seed": 1},
        ),
        ([0.9, 0.0, 0.0, 0.0, 0.0, 0.1], {"model": "dummy", "seed": 1}),
    ],
)
def test_the_keys_of_a_chosen_nested_space_become_parameters(row: list[float], point: dict[str, Any]) -> None:
    assert space_of(NESTED).point(row) == point


def test_nested_spaces_can_be_kept_whole() -> None:
    point = space_of(NESTED, flatten=False).point([0.1, 0.0, 0.5, 0.0, 0.9, 0.9])
    assert point == {"model": {"name": "svm", "c": 1.5}, "seed": 2}


def test_a_nested_key_wins_over_an_earlier_parameter_of_its_name() -> None:
    space = space_of({"lr": ["choice", [[1]]], "opt": ["choice", [[{"lr": 2}]]], "opt2": ["choice", [[3]]]})
    assert space.at(0) == {"lr": 2, "opt": {"lr": 2}, "opt2": 3}


def test_spaces_nest_more_than_once() -> None:
    inner = ["choice", [[{"deep": ["choice", [[7, 8]]]}, "none"]]]
    space = space_of({"outer": ["choice", [[{"inner": inner}]]]})
    assert space.size == 3
    assert space.at(1) == {"outer": {"inner": {"deep": 8}, "deep": 8}, "inner": {"deep": 8}, "deep": 8}
    assert space.at(2) == {"outer": {"inner": "none"}, "inner": "none"}


def test_one_endless_distribution_makes_the_space_endless() -> None:
    assert space_of(NESTED).size is None
    assert space_of({"a": ["choice", [[1, 2]]], "b": ["normal", [0, 1]]}).size is None


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_the_places_of_a_finite_space_are_the_product_in_declaration_order(counts: list[int]) -> None:
    space = space_of({f"p{i}": ["choice", [list(range(n))]] for i, n in enumerate(counts)})
    everything = [dict(zip(space.parameters, values, strict=True)) for values in itertools.product(*map(range, counts))]
    assert [space.at(place) for place in range(space.size or 0)] == everything


@given(st.data())
def test_every_point_of_a_finite_space_is_among_its_places(data: st.DataObject) -> None:
    nested = {"a": ["randint", [3]], "b": ["choice", [[{"c": ["quniform", [0, 4, 2]]}, {"d": ["randint", [2]]}, 9]]]}
    space = space_of(nested)
    listed = [space.at(place) for place in range(space.size or 0)]
    row = data.draw(st.lists(st.floats(0, 1, exclude_max=True), min_size=space.width, max_size=space.width))
    assert space.point(row) in listed
    assert len({repr(point) for point in listed}) == space.size == 3 * (3 + 2 + 1)


@pytest.mark.parametrize(
    ("wire", "points"),
    [
        ({"m": ["choice", [[{"a": 1}, {"a": 1}, {"a": 2}]]]}, 2),
        ({"m": ["choice", [[{"k": ["choice", [[1, 2]]]}, {"k": ["choice", [[2, 3]]]}]]]}, 3),
        ({"lr": ["choice", [[1, 2]]], "m": ["choice", [[{"lr": 5}, {"lr": 6}]]]}, 2),
        ({"m": ["choice", [[{"a": 1}, {"a": True}, {"a": 1.0}]]]}, 3),
        ({"m": ["choice", [[None, "None", [1], [1], {"a": None}]]]}, 4),
    ],
    ids=["an option twice", "overlapping options", "an overridden parameter", "equal to Python only", "no objects"],
)
def test_different_choices_that_come_to_one_point_count_once(wire: dict[str, Any], points: int) -> None:
    space = space_of(wire)
    assert space.size == points
    assert len({repr(space.at(place)) for place in range(points)}) == points
