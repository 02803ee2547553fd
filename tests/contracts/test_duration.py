from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.duration import DurationTooLong, format_duration, parse_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "P0D"),
        (59, "PT59S"),
        (60, "PT1M"),
        (3600, "PT1H"),
        (10_000, "PT2H46M40S"),
        (86_400, "P1D"),
        (90_061, "P1DT1H1M1S"),
    ],
)
def test_seconds_are_written_in_the_largest_units(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1H", "PT1X", "P1Y", "pt5m", "PT5M "])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO-8601 duration such as PT30M"):
        parse_duration(text)


def test_weeks_and_fractions_are_read() -> None:
    assert parse_duration("P1W") == 604_800
    assert parse_duration("PT1.5S") == 1.5


@pytest.mark.parametrize("text", ["P10675200D", "PT99999999999999999999S", f"PT{'9' * 400}S"])
def test_what_the_service_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(DurationTooLong, match="longer than P10675199D"):
        parse_duration(text)
