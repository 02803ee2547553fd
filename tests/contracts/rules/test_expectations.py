"""Every kind of finding says what it expects."""

from __future__ import annotations

import ast
from pathlib import Path

from contracts import rules
from contracts.rules import check_job
from contracts.rules.expectations import EXPECTED


def codes() -> set[str]:
    """The codes that the rules report: first arguments of `error` and `warning`."""
    found: set[str] = set()
    for file in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("error", "warning"):
                found |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return found


def test_the_table_has_every_code_and_no_other() -> None:
    assert EXPECTED.keys() == codes()


def test_a_finding_tells_what_is_expected_and_what_is_there() -> None:
    [finding] = check_job({"properties": {"jobType": "Command", "command": "true", "environmentId": 3}})
    assert (finding.expected, finding.got) == ("a string", "3")


def test_what_is_absent_is_nothing() -> None:
    [finding] = check_job({"properties": {"jobType": "Command", "environmentId": "e:1"}})
    assert (finding.expected, finding.got) == ("a value", "nothing")
