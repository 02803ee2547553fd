from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from contracts.rules import check_job

#: Uses all that there is to search.
COMMAND = "t ${{search_space.lr}} ${{search_space.size}}"


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
    (found,) = check(trial__command=f"{COMMAND} ${{{{{binding}}}}} ${{{{{binding}}}}}")
    code = "UndefinedParameter" if binding.startswith("search_space.") else "UndefinedBinding"
    assert (found.code, found.severity, found.path) == (code, "error", "$.properties.trial.command")
    assert found.remedy == remedy


@pytest.mark.parametrize(
    "binding",
    ["${{outputs.default}}", "$[[--x ${{inputs.optional}} -v]]", "$lr", "${{ inputs.data }}", "${{search_space.lr}}"],
)
def test_what_the_job_has_may_be_bound(check: Any, binding: str) -> None:
    assert check(trial__command=f"{COMMAND} {binding}") == []


@pytest.mark.parametrize(
    "text", ["[--x ${{inputs.optional}}]", "$[[--x ${{inputs.optional}}", "[[ -n ${{inputs.optional}} ]]"]
)
def test_only_what_stands_in_dollar_brackets_is_optional(check: Any, text: str) -> None:
    assert [found.code for found in check(trial__command=f"{COMMAND} {text}")] == ["UndefinedBinding"]


def test_parameters_of_a_conditional_space_may_be_bound(check: Any) -> None:
    space = {"net": ["choice", [[{"depth": ["randint", [4]], "act": "relu"}, {"width": 3}]]]}
    command = "t ${{search_space.net}} ${{search_space.depth}} ${{search_space.act}} ${{search_space.width}}"
    assert check(searchSpace=space, trial__command=command) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("${{parent.inputs.x}}", "UnknownBinding"), ("${{name}}", "UnknownBinding"), ("{inputs.data}", "SingleBraces")],
)
def test_text_that_only_looks_like_a_binding_is_pointed_out(check: Any, text: str, code: str) -> None:
    assert [(found.code, found.severity) for found in check(trial__command=f"{COMMAND} {text}")] == [(code, "warning")]


def test_a_hyperparameter_that_the_command_does_not_use_is_pointed_out(check: Any) -> None:
    (found,) = check(trial__command="t ${{search_space.size}} lr")
    assert (found.code, found.severity, found.path) == ("UnusedParameter", "warning", "$.properties.searchSpace.lr")
    assert found.remedy == (
        "Pass ${{search_space.lr}} in the command, unless the code reads the environment variable AZUREML_SWEEP_lr."
    )


@pytest.mark.parametrize("use", ["${{ search_space.lr }}", "$AZUREML_SWEEP_lr", "${AZUREML_SWEEP_lr}"])
def test_a_hyperparameter_is_used_by_a_binding_or_by_its_variable(check: Any, use: str) -> None:
    assert check(trial__command=f"t ${{{{search_space.size}}}} {use}") == []


@pytest.mark.parametrize("name", ["net", "depth", "act"])
def test_one_name_of_a_conditional_space_is_use_enough(check: Any, name: str) -> None:
    space = {"net": ["choice", [[{"depth": ["randint", [4]], "act": "relu"}]]]}
    assert check(searchSpace=space, trial__command=f"t ${{{{search_space.{name}}}}}") == []


def test_twenty_thousand_undefined_bindings_are_told_in_a_few_seconds() -> None:
    names = range(20_000)
    command = " ".join(f"${{{{inputs.name{name}x}}}}" for name in names)
    inputs = {f"name{name}": {"jobInputType": "literal", "value": "1"} for name in names}
    properties = {"jobType": "Command", "command": command, "environmentId": "e:1", "inputs": inputs}
    begin = process_time()
    findings = check_job({"properties": properties})
    assert process_time() - begin < 20
    told = [finding.remedy for finding in findings if finding.code == "UndefinedBinding"]
    assert len(told) == 20_000
    assert told[0] == "Did you mean name0?"
    assert max(map(len, told)) < 1000
