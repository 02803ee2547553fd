from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("goal", ["maximize", "Maximize", "minimize", "MINIMIZE"])
def test_a_goal_is_known_in_any_case(check: Any, goal: str) -> None:
    assert check(objective__goal=goal) == []


@pytest.mark.parametrize("goal", ["up", ""])
def test_another_goal_is_an_error(check: Any, goal: str) -> None:
    (found,) = check(objective__goal=goal)
    assert (found.code, found.severity) == ("InvalidEnumValue", "error")
    assert "Field: objective.goal. Allowed values: Minimize,Maximize." in found.message


@pytest.mark.parametrize(
    ("metric", "codes"),
    [
        ("val/acc", []),
        ("top-1 acc.", []),
        ("", [("InvalidMetricName", "error")]),
        ("---", [("InvalidMetricName", "error")]),
        ("acc@1", [("UnloggableMetric", "warning")]),
        ("a" * 251, [("UnloggableMetric", "warning")]),
    ],
)
def test_a_metric_name_must_be_one_that_can_be_logged(check: Any, metric: str, codes: list[tuple[str, str]]) -> None:
    assert [(found.code, found.severity) for found in check(objective__primaryMetric=metric)] == codes


def test_a_missing_objective_is_an_error(check: Any) -> None:
    assert [(found.code, found.path) for found in check(objective=...)] == [("Missing", "$.properties.objective")]
