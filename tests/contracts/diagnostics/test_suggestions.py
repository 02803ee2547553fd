"""Suggestions are helpful, and stay cheap however many names there are."""

from __future__ import annotations

from time import process_time

import pytest

from contracts.diagnostics.suggestions import Suggestions, by_likeness, closest, likeness


def test_the_name_most_like_it_is_suggested() -> None:
    assert closest("learning_rat", ["batch_size", "learning_rate", "learning"]) == "learning_rate"


def test_nothing_is_suggested_where_nothing_is_like_it() -> None:
    assert closest("xyz", ["batch_size", "learning_rate"]) is None
    assert closest("xyz", []) is None


def test_without_a_cutoff_something_is_always_nearest() -> None:
    assert closest("xyz", ["abc"], cutoff=0.0) == "abc"


def test_names_too_short_or_long_to_be_alike_take_no_place_among_the_compared() -> None:
    assert closest("epochs", [*("e" * 50 for _ in range(2000)), "epoch"]) == "epoch"


def test_of_very_long_names_the_beginning_counts() -> None:
    assert closest("a" * 100_000, ["a" * 99_999]) == "a" * 99_999


def test_a_report_has_so_many_suggestions_and_no_more() -> None:
    suggestions = Suggestions(most=2)
    assert [suggestions.closest(name, ["epoch"]) for name in ("epochs", "epocs", "epoche")] == ["epoch", "epoch", None]


@pytest.mark.parametrize("length", [1, 200])
def test_twenty_thousand_wrong_names_are_a_matter_of_seconds(length: int) -> None:
    suggestions = Suggestions()
    known = [f"{'k' * length}{number}" for number in range(20_000)]
    begin = process_time()
    for name in known:
        suggestions.closest(f"{name}x", known)
    assert process_time() - begin < 20


def test_names_are_ordered_by_likeness_in_any_case() -> None:
    assert by_likeness("Accuracy", ["loss", "accuracy", "acc"]) == ["accuracy", "acc", "loss"]
    assert likeness("A", "a") == 1.0


def test_every_one_of_many_names_stays_in_the_order() -> None:
    names = {f"m{number}" for number in range(3000)}
    assert set(by_likeness("m", names)) == names
