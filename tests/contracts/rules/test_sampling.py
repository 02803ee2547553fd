from __future__ import annotations

from typing import Any

import pytest

CHOICES = {"lr": ["choice", [[1]]], "size": ["choice", [[2]]]}


@pytest.mark.parametrize(
    ("algorithm", "supported"),
    [("Grid", {"choice"}), ("Bayesian", {"choice", "uniform", "quniform"}), ("Random", None)],
)
@pytest.mark.parametrize(
    "wire",
    [
        ["choice", [[1, 2]]],
        ["uniform", [0, 1]],
        ["quniform", [0, 1, 1]],
        ["loguniform", [0, 1]],
        ["normal", [0, 1]],
        ["randint", [3]],
    ],
    ids=lambda wire: wire[0],
)
def test_an_algorithm_refuses_what_it_cannot_draw_from(
    check: Any, algorithm: str, supported: set[str] | None, wire: list[Any]
) -> None:
    findings = check(searchSpace={**CHOICES, "lr": wire}, samplingAlgorithm={"samplingAlgorithmType": algorithm})
    expected = [] if supported is None or wire[0] in supported else ["UnsupportedDistribution"]
    assert [found.code for found in findings] == expected


def test_a_grid_refuses_ranges_inside_conditional_spaces_too(check: Any) -> None:
    space = {**CHOICES, "lr": ["choice", [[{"a": ["uniform", [0, 1]]}]]]}
    (found,) = check(searchSpace=space, samplingAlgorithm={"samplingAlgorithmType": "Grid"})
    assert found.path == "$.properties.searchSpace.lr[1][0][0].a"


@pytest.mark.parametrize("rule", ["random", "sobol", "Sobol", "SOBOL", None])
def test_a_rule_is_known_in_any_case(check: Any, rule: str | None) -> None:
    assert check(samplingAlgorithm__rule=rule) == []


def test_an_unknown_rule_is_an_error(check: Any) -> None:
    assert [found.code for found in check(samplingAlgorithm__rule="halton")] == ["InvalidEnumValue"]


@pytest.mark.parametrize(
    ("logbase", "sound"), [("e", True), (10, True), ("2", True), (0, False), (1, False), ("x", False)]
)
def test_a_log_base_is_a_positive_number_or_e(check: Any, logbase: Any, sound: bool) -> None:
    assert [found.code for found in check(samplingAlgorithm__logbase=logbase)] == ([] if sound else ["InvalidLogbase"])


def test_an_unknown_algorithm_is_an_error_that_lists_the_known_ones(check: Any) -> None:
    (found,) = check(samplingAlgorithm={"samplingAlgorithmType": "Magic"})
    assert found.path == "$.properties.samplingAlgorithm.samplingAlgorithmType"
    assert "Random,Grid,Bayesian" in found.message


@pytest.mark.parametrize(("limit", "codes"), [(3, ["GridCut"]), (4, []), (9, [])])
def test_a_grid_with_more_points_than_trials_is_pointed_out(check: Any, limit: int, codes: list[str]) -> None:
    space = {"lr": ["choice", [[1, 2]]], "size": ["choice", [[2, 3]]]}
    findings = check(
        searchSpace=space,
        samplingAlgorithm={"samplingAlgorithmType": "Grid"},
        limits={"jobLimitsType": "Sweep", "maxTotalTrials": limit},
    )
    found = [one for one in findings if one.code == "GridCut"]
    assert [one.code for one in found] == codes
    assert all("4 points, of which only 3" in one.message for one in found)
