from __future__ import annotations

import pytest

from emulator.studio import text


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.85, "850 ms"), (12.34, "12.3 s"), (245, "4 min 05 s"), (7800, "2 h 10 min"), (-1, "0 ms")],
)
def test_a_duration_is_written_in_the_unit_that_fits(seconds: float, expected: str) -> None:
    assert text.duration(100.0, 100.0 + seconds) == expected


def test_what_has_not_begun_has_no_duration() -> None:
    assert text.duration(None, 5.0) == "–"  # noqa: RUF001


def test_a_moment_names_its_zone() -> None:
    assert text.moment(0) == "1970-01-01 00:00:00 UTC"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.123456789, "0.123457"), (7, "7"), (65.0, "65"), ("rbf", "rbf"), (True, "True")],
)
def test_numbers_are_short_and_other_values_stay(value: object, expected: str) -> None:
    assert text.number(value) == expected


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (-5, "just now"),
        (59, "59 s ago"),
        (61, "1 min ago"),
        (7300, "2 h ago"),
        (86400, "1 day ago"),
        (2e5, "2 days ago"),
    ],
)
def test_the_past_is_told_in_the_unit_that_fits(past: float, expected: str) -> None:
    assert text.ago(1e9 - past, 1e9) == expected


def test_what_is_long_past_has_its_date() -> None:
    assert text.ago(0, 40 * 86400) == "1970-01-01"


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 B"), (812, "812 B"), (3400, "3.4 kB"), (12_000_000, "12 MB"), (5e12, "5000 GB")]
)
def test_a_size_is_written_in_the_unit_that_fits(count: int, expected: str) -> None:
    assert text.size(count) == expected


def test_what_is_no_number_has_no_value() -> None:
    assert text.number(float("nan")) == text.number(None)


def test_a_time_to_come_is_written_in_full() -> None:
    assert text.ago(7200.0, 0.0) == "1970-01-01 02:00:00 UTC"
