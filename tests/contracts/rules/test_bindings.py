from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("binding", "remedy"),
    [
        ("search_space.l_r", "Did you mean lr?"),
        ("inputs.date", "Did you mean data?"),
        ("outputs.zzz", "Add zzz to outputs; there are default, model."),
        ("inputs.lr", "Add lr to inputs; there are data."),
    ],
)
def test_a_binding_to_nothing_is_an_error_with_the_nearest_name(check: Any, binding: str, remedy: str) -> None:
    (found,) = check(trial__command=f"python t.py ${{{{{binding}}}}} ${{{{{binding}}}}}")
    assert (found.code, found.severity, found.path) == ("UndefinedBinding", "error", "$.properties.trial.command")
    assert found.remedy == remedy


@pytest.mark.parametrize(
    "binding",
    ["${{outputs.default}}", "[--x ${{inputs.optional}}]", "$lr", "${{ inputs.data }}", "${{search_space.lr}}"],
)
def test_what_the_job_has_may_be_bound(check: Any, binding: str) -> None:
    assert check(trial__command=f"python t.py {binding}") == []


def test_parameters_of_a_conditional_space_may_be_bound(check: Any) -> None:
    space = {"net": ["choice", [[{"depth": ["randint", [4]], "act": "relu"}, {"width": 3}]]]}
    command = "t ${{search_space.net}} ${{search_space.depth}} ${{search_space.act}} ${{search_space.width}}"
    assert check(searchSpace=space, trial__command=command) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("${{parent.inputs.x}}", "UnknownBinding"), ("${{name}}", "UnknownBinding"), ("{inputs.data}", "SingleBraces")],
)
def test_text_that_only_looks_like_a_binding_is_pointed_out(check: Any, text: str, code: str) -> None:
    assert [(found.code, found.severity) for found in check(trial__command=f"t {text}")] == [(code, "warning")]
