"""What a shell does to bindings is pointed out."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.rules import check_job


def codes(command: str, value: Any = "v", **further: Any) -> list[str]:
    properties = {
        "jobType": "Command",
        "command": command,
        "environmentId": "azureml:e:1",
        "inputs": {"x": {"jobInputType": "literal", "value": value}},
        **further,
    }
    findings = check_job({"properties": properties})
    assert all(finding.severity == "warning" for finding in findings)
    return [finding.code for finding in findings if finding.code != "EmptyLiteral"]


@pytest.mark.parametrize("value", ["", "two words", "*.csv", "what?", "[a]", "a\tb"])
def test_a_bare_value_that_is_not_one_word_is_pointed_out(value: str) -> None:
    assert codes("t ${{inputs.x}}", value) == ["BareValue"]
    assert codes('t "${{inputs.x}}"', value) == []


@pytest.mark.parametrize("value", ["v", "0.1", "/a/b.c", "it's"])
def test_a_bare_value_that_is_one_word_is_not(value: str) -> None:
    assert codes("t ${{inputs.x}}", value) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("t '${{inputs.x}}'", ["SingleQuotedBinding"]),
        ('t "it\'s ${{inputs.x}}"', []),
        ("# don't\nt ${{inputs.x}}", []),
        ("# '${{inputs.x}}'\nt", []),
        ("t a#'${{inputs.x}}'", ["SingleQuotedBinding"]),
        ("t \\'${{inputs.x}}", []),
        ("cat <<'EOF'\n${{inputs.x}}\nEOF", ["QuotedHereDocument"]),
        ("cat <<\\EOF\n${{inputs.x}}\nEOF", ["QuotedHereDocument"]),
        ("cat <<EOF\n${{inputs.x}}\nEOF", []),
        ("cat <<'EOF'\nx\nEOF\nt ${{inputs.x}}", []),
        ('sh -c "t ${{inputs.x}}"', ["NestedShell"]),
        ('bash -e -c "t ${{inputs.x}}"', ["NestedShell"]),
        ('bash -lc "t ${{inputs.x}}"', ["NestedShell"]),
        ('eval "t ${{inputs.x}}"', ["NestedShell"]),
        ("python evaluate.py ${{inputs.x}}", []),
        ("bash run.sh -c ${{inputs.x}}", []),
        ("sh -c 't'", []),
    ],
)
def test_quotes_documents_and_nested_shells_are_pointed_out(command: str, expected: list[str]) -> None:
    assert codes(command) == expected


def test_values_of_a_choice_are_looked_at(check: Any) -> None:
    command = "t ${{search_space.lr}} ${{search_space.size}}"
    found = check(trial__command=command, searchSpace__size=["choice", [["a", "b c"]]])
    assert [finding.code for finding in found] == ["BareValue"]


@pytest.mark.parametrize(
    "command",
    [
        "python train.py\n  --lr 0.1\n",
        "python train.py \\\n  --lr 0.1\n--kernel rbf",
        "# it's fine\npython train.py\n--lr 0.1",
    ],
)
def test_a_line_that_the_shell_takes_for_a_command_of_its_own_is_pointed_out(command: str) -> None:
    assert codes(command) == ["LostLine"]


@pytest.mark.parametrize(
    "command",
    [
        "python train.py --lr 0.1",
        "python train.py \\\n  --lr 0.1 \\\n  --kernel rbf\n",
        "pip install x\npython train.py --lr 0.1",
        "python train.py '\n--lr 0.1'",
        "cat <<END\n--lr 0.1\nEND",
        "true &&\n--help",
    ],
)
def test_a_line_that_belongs_to_the_one_before_is_not(command: str) -> None:
    assert codes(command) == []
