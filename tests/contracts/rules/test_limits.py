from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("key", ["maxTotalTrials", "maxConcurrentTrials"])
@pytest.mark.parametrize(("count", "sound"), [(1, True), (1000, True), (None, True), (0, False), (1001, False)])
def test_trials_are_counted_from_1_to_1000(check: Any, key: str, count: int | None, sound: bool) -> None:
    assert [found.code for found in check(**{f"limits__{key}": count})] == ([] if sound else ["TrialsOutOfRange"])


@pytest.mark.parametrize("key", ["timeout", "trialTimeout"])
@pytest.mark.parametrize(
    ("timeout", "codes"),
    [
        ("PT1M", []),
        ("P1DT2H", []),
        ("PT30S", [("ShortTimeout", "warning")]),
        ("P0D", [("ShortTimeout", "warning")]),
        ("600", [("InvalidDuration", "error")]),
        ("P10675199D", []),
        ("P10675200D", [("InvalidDuration", "error")]),
        ("P1Y", [("InvalidDuration", "error")]),
    ],
)
def test_a_timeout_is_a_duration_of_a_minute_or_more(
    check: Any, key: str, timeout: str, codes: list[tuple[str, str]]
) -> None:
    assert [(found.code, found.severity) for found in check(**{f"limits__{key}": timeout})] == codes


def test_no_limits_at_all_are_accepted(check: Any) -> None:
    assert check(limits=...) == []
