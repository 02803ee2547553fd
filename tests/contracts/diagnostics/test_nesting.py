"""Documents that are larger than they look are refused before they are walked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from contracts.diagnostics.nesting import DEEPEST, TooNested, check_nesting, may_nest


def members(part: Any) -> Iterable[Any]:
    return part if isinstance(part, list) else ()


def multiplied(levels: int) -> list[Any]:
    """A list that holds itself nine times over, level by level."""
    part: list[Any] = ["x"]
    for _ in range(levels):
        part = [part] * 9
    return part


def test_what_is_shared_counts_wherever_it_stands() -> None:
    check_nesting(multiplied(3), members)
    with pytest.raises(TooNested, match="make more than 200000 values"):
        check_nesting(multiplied(30), members)


def test_each_part_is_looked_at_a_bounded_number_of_times() -> None:
    looks = 0

    def counted(part: Any) -> Iterable[Any]:
        nonlocal looks
        looks += 1
        return members(part)

    check_nesting(multiplied(4), counted)
    assert looks <= 2 * 4 * 9 + 10  # 6,561 leaves; it fails when shared parts are walked again


@pytest.mark.parametrize(("depth", "is_refused"), [(DEEPEST - 1, False), (DEEPEST + 1, True), (100_000, True)])
def test_depth_is_bounded(depth: int, is_refused: bool) -> None:
    part: list[Any] = ["x"]
    for _ in range(depth - 1):
        part = [part]
    if is_refused:
        with pytest.raises(TooNested, match="within each other"):
            check_nesting(part, members)
    else:
        check_nesting(part, members)


def test_a_part_in_itself_is_refused() -> None:
    part: list[Any] = []
    part.append([part])
    with pytest.raises(TooNested, match="an alias puts a value into itself"):
        check_nesting(part, members)


def test_siblings_that_are_the_same_are_not_a_circle() -> None:
    one = ["x"]
    check_nesting([one, [one], one], members)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n", False),
        ("a: &x 1\nb: *x\n", True),
        ("- " * 101, True),
        ("[" * 101, True),
        ("a: " + "x" * 6_000, True),
    ],
)
def test_a_text_that_is_short_and_plain_need_not_be_looked_at(text: str, expected: bool) -> None:
    assert may_nest(text) is expected
