from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("place", "value", "codes"),
    [
        ("displayName", "d" * 256, []),
        ("displayName", "d" * 257, ["TooLong"]),
        ("description", "d" * 5001, ["TooLong"]),
        ("tags", {f"t{i}": "" for i in range(50)}, []),
        ("tags", {f"t{i}": "" for i in range(51)}, ["TooMany"]),
        ("tags", {"k" * 101: "v"}, ["TooLong"]),
        ("properties", {"k": "v" * 1001}, ["TooLong"]),
    ],
)
def test_documented_lengths_and_counts_are_pointed_out(check: Any, place: str, value: Any, codes: list[str]) -> None:
    findings = check(**{place: value})
    assert [found.code for found in findings] == codes
    assert {str(found.severity) for found in findings} <= {"warning"}


@pytest.mark.parametrize(("tier", "codes"), [("Null", []), ("spot", []), ("Gold", ["InvalidEnumValue"])])
def test_a_job_tier_is_one_of_the_enum(check: Any, tier: str, codes: list[str]) -> None:
    assert [found.code for found in check(queueSettings__jobTier=tier)] == codes


def test_a_priority_beyond_three_is_pointed_out(check: Any) -> None:
    assert [(found.code, found.severity) for found in check(queueSettings__priority=9)] == [
        ("UnknownPriority", "warning")
    ]
