"""A shape fits the documents that it describes, and a difference names the place."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.suite.shape import shape_differences


@pytest.mark.parametrize(
    ("shape", "document"),
    [
        ("any", [1]),
        ("s", "x"),
        ("sn", None),
        ("b", False),
        ("i", 3),
        ("=x", "x"),
        ("=", ""),
        ("~^a+$", "aa"),
        (None, None),
        (2, 2),
        (True, True),
        ({"a": "s", "b?": "s"}, {"a": "x"}),
        ({"$json": {"a": 1}}, '{"a": 1}'),
        ({"$map": "s"}, {"x": "1", "y": "2"}),
        ({"$bytype": [{"type": "=A"}, {"type": "=B", "v": "s"}]}, [{"type": "B", "v": "1"}, {"type": "A"}]),
        (["s"], ["a", "b"]),
        ([], []),
        (["=a", "=b"], ["a", "b"]),
    ],
)
def test_a_document_of_the_shape_has_no_difference(shape: Any, document: Any) -> None:
    assert list(shape_differences(shape, document)) == []


@pytest.mark.parametrize(
    ("shape", "document", "paths"),
    [
        ("s", None, ["$"]),
        ("i", True, ["$"]),
        ("i", "3", ["$"]),
        ("b", 1, ["$"]),
        (1, True, ["$"]),
        (None, "", ["$"]),
        ("~^a$", "ba", ["$"]),
        ({"a": "any"}, {}, ["$.a"]),
        ({"a": "any"}, {"a": 1, "b.c": 2}, ["$['b.c']"]),
        ({"a": {"b": "=x"}}, {"a": {"b": "y"}}, ["$.a.b"]),
        ({"a": {}}, {"a": []}, ["$.a"]),
        ({"$json": {"a": 1}}, '{"a": 2}', ["$.$json.a"]),
        ({"$json": {}}, "no JSON", ["$"]),
        ({"$map": "s"}, {"x": 1}, ["$.x"]),
        ({"$map": "s"}, None, ["$"]),
        ({"$bytype": [{"type": "=A"}]}, [{"type": "B"}], ["$[A]", "$[B]"]),
        (["s"], [], ["$"]),
        (["s"], ["a", 1], ["$[1]"]),
        ([], [1], ["$"]),
        (["s", "s"], ["a"], ["$"]),
    ],
)
def test_a_difference_names_its_place(shape: Any, document: Any, paths: list[str]) -> None:
    assert [one.path for one in shape_differences(shape, document)] == paths


def test_what_is_not_a_shape_is_an_error() -> None:
    with pytest.raises(ValueError, match="'x' is not a shape"):
        list(shape_differences("x", "x"))
