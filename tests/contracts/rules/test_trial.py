from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("key", ["command", "environmentId"])
@pytest.mark.parametrize(("value", "code"), [("", "Empty"), ("--", "Empty"), (None, "Missing"), (3, "WrongType")])
def test_command_and_environment_are_required(check: Any, key: str, value: Any, code: str) -> None:
    (found,) = (found for found in check(**{f"trial__{key}": value}) if found.severity == "error")
    assert (found.code, found.path) == (code, f"$.properties.trial.{key}")


@pytest.mark.parametrize("place", ["resources", "trial__resources"])
@pytest.mark.parametrize(
    ("resources", "codes"),
    [
        ({"instanceCount": 2, "shmSize": "4g"}, []),
        ({"instanceCount": 0}, ["InvalidCount"]),
        ({"shmSize": "4 gigabytes"}, ["InvalidShmSize"]),
        ({"instanceCount": "2"}, ["WrongType"]),
    ],
)
def test_resources_have_counts_and_sizes(check: Any, place: str, resources: Any, codes: list[str]) -> None:
    assert [found.code for found in check(**{place: resources})] == codes


def test_a_negative_process_count_is_an_error(check: Any) -> None:
    distribution = {"distributionType": "PyTorch", "processCountPerInstance": -1}
    assert [found.code for found in check(trial__distribution=distribution)] == ["InvalidCount"]


@pytest.mark.parametrize("place", ["inputs__data__mode", "outputs__model__mode"])
def test_an_unknown_mode_is_an_error(check: Any, place: str) -> None:
    assert [found.code for found in check(**{place: "teleport"})] == ["InvalidEnumValue"]


def test_data_without_a_place_is_an_error_and_an_empty_literal_a_warning(check: Any) -> None:
    assert [found.code for found in check(inputs__data__uri="")] == ["Empty"]
    assert [found.code for found in check(inputs__data__uri=...)] == ["Missing"]
    literal = {"jobInputType": "literal", "value": ""}
    assert [(found.code, found.severity) for found in check(inputs__x=literal)] == [("EmptyLiteral", "warning")]


@pytest.mark.parametrize(("tier", "codes"), [("Null", []), ("spot", []), ("Gold", ["InvalidEnumValue"])])
def test_a_job_tier_is_one_of_the_enum(check: Any, tier: str, codes: list[str]) -> None:
    assert [found.code for found in check(queueSettings__jobTier=tier)] == codes


def test_a_priority_beyond_three_is_pointed_out(check: Any) -> None:
    assert [(found.code, found.severity) for found in check(queueSettings__priority=9)] == [
        ("UnknownPriority", "warning")
    ]
