"""Names of experiments, and the size of texts; names of jobs are tested with the whole check, keys with inputs."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.rules import check_job


@pytest.mark.parametrize("name", ["e", "e" * 256, "feature-new_model", "2024-01-05", None, ""])
def test_an_experiment_has_a_name_of_letters_digits_underscores_and_dashes(check: Any, name: str | None) -> None:
    assert check(experimentName=name) == []


@pytest.mark.parametrize(
    "name",
    [
        "feature/new-model",
        "a b",
        "-a",
        "_a",
        "v1.2",
        "e" * 257,
        "a\n",
        "../x",
        "a:b",
        "Größe",
        "对象检测",
        "\U0001f680",
        " ",
    ],
)
def test_any_other_name_of_an_experiment_is_refused(check: Any, name: str) -> None:
    assert [(found.code, found.severity) for found in check(experimentName=name)] == [
        ("InvalidExperimentName", "error")
    ]


def test_the_refusal_has_a_name_that_can_be_pasted(check: Any) -> None:
    (found,) = check(experimentName="feature/new model")
    assert "experiment_name: feature-new-model" in found.remedy
    assert check(experimentName="feature-new-model") == []


def test_of_a_pipeline_job_such_a_name_is_pointed_out() -> None:
    findings = check_job({"properties": {"jobType": "Pipeline", "experimentName": "Serverless in Pipeline"}})
    assert [found.severity for found in findings if found.code == "InvalidExperimentName"] == ["warning"]


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
