from __future__ import annotations

from typing import Any

import pytest

from contracts.suite.difference import ABSENT, ANYTHING, close_to, differences, having, json_text, one_of, text


def paths(expected: Any, got: Any) -> list[str]:
    return [found.path for found in differences(expected, got)]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 1.0}),
        ([1, {"b": None}], [1, {"b": None, "c": 3}]),
        ({"a": ABSENT}, {}),
        (text("PT.*"), "PT5M"),
        (one_of(1, 2), 2),
        (having("b"), "abc"),
        (having("b"), ["a", "b"]),
        (close_to(0.3), "0.30000000000000004"),
        (json_text({"a": 1}), '{"a":1}'),
        (ANYTHING, 0),
    ],
)
def test_what_is_as_expected_has_no_difference(expected: Any, got: Any) -> None:
    assert paths(expected, got) == []


@pytest.mark.parametrize(
    ("expected", "got", "where"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["$.a.b"]),
        ({"a": 1}, {}, ["$.a"]),
        ({"a": None}, {}, ["$.a"]),
        ({"a": ABSENT}, {"a": None}, ["$.a"]),
        ({"a b": 1}, {"a b": 2}, ["$['a b']"]),
        ([1, 2], [1], ["$"]),
        ([1, 2], [1, 3], ["$[1]"]),
        (1, True, ["$"]),
        (True, 1, ["$"]),
        ({"a": 1}, "text", ["$"]),
        (text("PT.*"), None, ["$"]),
        (having("x"), 3, ["$"]),
        (close_to(1), "much", ["$"]),
        (json_text({}), "{", ["$"]),
        (ANYTHING, None, ["$"]),
    ],
)
def test_a_difference_is_found_in_its_place(expected: Any, got: Any, where: list[str]) -> None:
    assert paths(expected, got) == where


def test_an_expectation_is_shown_as_json() -> None:
    [found] = differences({"a": {"b": text("x+"), "c": [ANYTHING]}}, {"a": 1})
    assert found.as_json() == {
        "path": "$.a",
        "expected": {"b": "text matching 'x+'", "c": ["anything but null"]},
        "got": 1,
    }
