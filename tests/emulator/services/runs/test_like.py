"""SQL's LIKE, and what searches may be as long as."""

from __future__ import annotations

import pytest

from emulator.services.refusal import Refusal
from emulator.services.runs.bounds import LONGEST, LONGEST_PATTERN, MOST
from emulator.services.runs.experiment_filter import matches
from emulator.services.runs.filter import conditions_of, orders_of
from emulator.services.runs.like import is_like
from emulator.storage.experiments import Experiment


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("abc", "abc", True),
        ("abc", "ab", False),
        ("abc", "a%", True),
        ("abc", "%c", True),
        ("abc", "%b%", True),
        ("abc", "a_c", True),
        ("abc", "a__c", False),
        ("abc", "%%%", True),
        ("", "%", True),
        ("", "_", False),
        ("ABC", "abc", False),
        ("aXbXc", "a%b%c", True),
        ("aab", "%ab", True),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("a\nb", "a%b", True),
    ],
)
def test_wildcards_stand_for_what_sql_says(text: str, pattern: str, expected: bool) -> None:
    assert is_like(text, pattern, ignore_case=False) is expected


def test_letter_case_is_ignored_on_request() -> None:
    assert is_like("ABC", "a%C", ignore_case=True)


class _CountedText(str):
    """A text that counts how often a character of it is looked at."""

    looks = 0

    def __getitem__(self, place: object) -> str:
        type(self).looks += 1
        return str.__getitem__(self, place)  # type: ignore[index]


def test_many_wildcards_cost_no_more_than_the_product_of_both_lengths() -> None:
    """It fails when a matcher tries the places of an earlier % again: 50 of them would never end."""
    text, pattern = _CountedText("a" * 1000), "%a" * 50 + "%b"
    assert not is_like(text, pattern, ignore_case=False)
    assert 0 < _CountedText.looks <= 2 * len(text) * len(pattern)


def _experiment(name: str) -> Experiment:
    return Experiment(id="1", workspace="w", name=name, created=0.0, modified=0.0, archived=False, tags={})


def test_experiments_are_found_by_the_same_wildcards() -> None:
    assert matches(_experiment("aXbXc"), "name LIKE 'a%b%'")
    assert not matches(_experiment("aXbXc"), "name LIKE 'A%'")
    assert matches(_experiment("aXbXc"), "name ILIKE 'A%'")
    with pytest.raises(Refusal):
        matches(_experiment("a"), "name LIKE '" + "%" * (LONGEST_PATTERN + 1) + "'")


@pytest.mark.parametrize(
    "text",
    [
        "params.p = '" + "x" * LONGEST + "'",
        " AND ".join(["params.p = 'x'"] * (MOST + 1)),
        "params.p LIKE '" + "%" * (LONGEST_PATTERN + 1) + "'",
        "attributes.status LIKE '" + "%" * (LONGEST_PATTERN + 1) + "'",
    ],
)
def test_a_filter_of_runs_beyond_the_bounds_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        conditions_of(text)
    assert refused.value.status == 400
    assert len(refused.value.message) < 500


def test_two_hundred_wildcards_in_a_status_are_answered() -> None:
    assert conditions_of("attributes.status LIKE '" + "%" * 200 + "D'")


def test_an_order_beyond_the_bounds_is_refused() -> None:
    for texts in (["metrics.m"] * (MOST + 1), ["metrics." + "m" * LONGEST]):
        with pytest.raises(Refusal):
            orders_of(texts)
