"""What every scenario has: a rule, evidence, a name of its own; and the page that lists them."""

from __future__ import annotations

import ast
import importlib.util
import unittest
from pathlib import Path
from typing import ClassVar, get_args

import pytest

import contracts.suite
from contracts.suite.answer import expect
from contracts.suite.scenario import ContractBroken, Evidence, Scenarios, prepared, rules_of, scenario
from contracts.suite.scenarios import ALL
from contracts.suite.target import NotCovered, Request, Response, Surroundings
from contracts.suite.workspace import Workspace

ROOT = Path(__file__).parents[3]
RULES = {f"{one.__name__}::{name}": rule for one in ALL for name, rule in rules_of(one)}


def test_the_page_of_scenarios_is_as_the_code_has_them() -> None:
    spec = importlib.util.spec_from_file_location("contract_scenarios", ROOT / "docs" / "contract_scenarios.py")
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    written = (ROOT / "docs" / "contract-scenarios.md").read_text(encoding="utf-8")
    assert written == page.document(), "run docs/contract_scenarios.py again"


def test_every_test_of_the_suite_is_a_scenario() -> None:
    tests = {f"{one.__name__}::{name}" for one in ALL for name in dir(one) if name.startswith("test_")}
    assert tests == RULES.keys()


def test_every_scenario_has_a_sentence_evidence_and_a_source() -> None:
    wanting = [
        name
        for name, rule in RULES.items()
        if not (rule.text.endswith(".") and rule.evidence in get_args(Evidence) and len(rule.source) > 10)
    ]
    assert wanting == []


def test_no_two_scenarios_have_the_same_name_as_their_jobs_would() -> None:
    names = [name.partition("::")[2] for name in RULES]
    assert len(names) == len(set(names))


def test_names_of_jobs_fit_into_what_a_job_name_may_be() -> None:
    longest = max(name.partition("::")[2] for name in RULES)
    assert len(f"suite00000000-{longest}-experiment") <= 255


def test_a_scenario_without_a_rule_is_refused() -> None:
    def test_nothing(self: object, workspace: Workspace) -> None: ...

    with pytest.raises(TypeError, match="states no rule"):
        scenario("inferred", "nowhere")(test_nothing)


def test_the_suite_imports_nothing_but_the_standard_library_and_the_contracts() -> None:
    outside = set()
    for file in Path(contracts.suite.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                outside |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                outside.add(node.module.partition(".")[0])
    import sys

    assert outside - set(sys.stdlib_module_names) == {"contracts"}


class Nowhere:
    """A target that has nothing."""

    surroundings = Surroundings("/subscriptions/s/resourceGroups/g/workspaces/w")

    def send(self, request: Request) -> Response:
        raise NotCovered(f"nobody knows {request.url}")

    def pause(self, seconds: float) -> None: ...


class Greetings(Scenarios):
    made: ClassVar[list[str]] = []

    @prepared
    def name(self, workspace: Workspace) -> str:
        self.made.append("name")
        return workspace.name()

    @prepared
    def greeting(self, name: str) -> str:
        return f"hello {name}"

    @scenario("inferred", "made up for this test")
    def test_names(self, name: str, greeting: str, workspace: Workspace) -> None:
        """A greeting has the name."""
        expect(greeting, f"hello {name}")

    @scenario("inferred", "made up for this test")
    def test_sending(self, workspace: Workspace) -> None:
        """There is an answer."""
        workspace.send("GET", "/x")

    @scenario("inferred", "made up for this test", needs=("wings",))
    def test_flying(self, workspace: Workspace) -> None:
        """It flies."""

    @scenario("inferred", "made up for this test")
    def test_asking(self, unknown: str) -> None:
        """It is known."""


def test_a_scenario_gets_the_values_that_it_names_each_made_once() -> None:
    Greetings.made.clear()
    Greetings().test_names(Nowhere())
    assert Greetings.made == ["name"]


def test_a_subclass_replaces_a_value() -> None:
    class Other(Greetings):
        @prepared
        def greeting(self) -> str:
            return "good bye"

    with pytest.raises(ContractBroken, match=r"A greeting has the name\.(.|\n)*good bye"):
        Other().test_names(Nowhere())


def test_a_scenario_that_asks_for_what_nobody_prepares_says_so() -> None:
    with pytest.raises(TypeError, match="Greetings has no prepared method 'unknown'"):
        Greetings().test_asking(Nowhere())


def test_what_a_target_cannot_answer_or_has_not_is_a_skipped_scenario() -> None:
    with pytest.raises(unittest.SkipTest, match="nobody knows /x"):
        Greetings().test_sending(Nowhere())
    with pytest.raises(unittest.SkipTest, match="the target has no wings"):
        Greetings().test_flying(Nowhere())
