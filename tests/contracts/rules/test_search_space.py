from __future__ import annotations

from typing import Any

import pytest


def _codes(findings: Any) -> list[tuple[str, str]]:
    return [(found.code, str(found.severity)) for found in findings]


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (["uniform", [1, 0]], "ReversedRange"),
        (["loguniform", [0, -1]], "ReversedRange"),
        (["loguniform", [1, 1000]], "RangeOverflow"),
        (["uniform", [None, 1]], "NullArgument"),
        (["randint", [None]], "NullArgument"),
        (["normal", ["0", 1]], "InvalidArgument"),
        (["uniform", [0, True]], "InvalidArgument"),
        (["uniform", [0, 10**400]], "InvalidArgument"),
        (["normal", [0, -1]], "NegativeSigma"),
        (["qlognormal", [0, -0.5, 1]], "NegativeSigma"),
        (["quniform", [0, 1, 0]], "NonPositiveStep"),
        (["qnormal", [0, 1, -1]], "NonPositiveStep"),
        (["randint", [0]], "InvalidUpper"),
        (["randint", [2.5]], "InvalidUpper"),
        (["randint", [1e30]], "InvalidUpper"),
        (["choice", [[]]], "EmptyChoice"),
        (["choice", [[{"a": ["uniform", [2, 1]]}]]], "ReversedRange"),
        (["uniform", [0]], "InvalidDistribution"),
        (["gauss", [0, 1]], "InvalidDistribution"),
        ({}, "InvalidDistribution"),
        ([], "InvalidDistribution"),
    ],
)
def test_a_distribution_without_values_is_an_error(check: Any, wire: Any, code: str) -> None:
    assert _codes(check(searchSpace__lr=wire)) == [(code, "error")]


def test_a_nested_distribution_is_found_at_its_own_place(check: Any) -> None:
    (found,) = check(searchSpace__lr=["choice", [[1, {"deep": ["choice", [[{"x": ["normal", [0, -1]]}]]]}]]])
    assert found.path == "$.properties.searchSpace.lr[1][0][1].deep[1][0][0].x"


def test_an_empty_space_is_an_error(check: Any) -> None:
    assert ("EmptySearchSpace", "error") in _codes(check(searchSpace={}, trial__command="python t.py"))


def test_a_range_of_one_value_is_only_pointed_out(check: Any) -> None:
    assert _codes(check(searchSpace__lr=["uniform", [1, 1]])) == [("ConstantRange", "warning")]


def test_a_name_that_no_binding_can_hold_is_pointed_out(check: Any) -> None:
    space = {"lr": ["choice", [[1]]], "a-b": ["choice", [[1]]]}
    command = "t ${{search_space.lr}} ${{search_space.a-b}}"
    assert _codes(check(searchSpace=space, trial__command=command)) == [("InvalidKey", "warning")]
