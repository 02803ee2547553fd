"""What a scenario is: a rule of the contract, the evidence for it, and the steps that show whether it is kept."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pytest

from contracts.suite.answer import Unexpected
from contracts.suite.difference import Difference
from contracts.suite.target import Target
from contracts.suite.workspace import Workspace

Evidence: TypeAlias = Literal["documented", "recorded", "inferred"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the contract.

    Parameters:
        text: what holds, in one sentence.
        evidence: `documented` (a page, definition or official package says so), `recorded` (public traffic or output of
            the service shows it) or `inferred` (a choice made here).
        source: where the evidence is, or why the choice was made.
        needs: features that a target must have; see `contracts.suite.target.Feature`.
    """

    text: str
    evidence: Evidence
    source: str
    needs: tuple[str, ...] = ()


class ContractBroken(AssertionError):
    """A target does not keep a rule; the text has the rule, its evidence, the exchange and the differences as JSON."""

    def __init__(self, rule: Rule, what: Unexpected) -> None:
        super().__init__(f"contract broken: {rule.text}\nevidence: {rule.evidence}: {rule.source}\n{what}")
        self.rule = rule
        self.differences: list[Difference] = what.differences


Steps: TypeAlias = Callable[..., None]


def scenario(evidence: Evidence, source: str, needs: tuple[str, ...] = ()) -> Callable[[Steps], Steps]:
    """Make a method a scenario; its docstring is the rule.

    Parameters:
        evidence, source, needs: see `Rule`.
    """

    def decorate(steps: Steps) -> Steps:
        text = " ".join((steps.__doc__ or "").split())
        if not text:
            raise TypeError(f"scenario {steps.__qualname__} states no rule: give it a docstring")
        rule = Rule(text, evidence, source, needs)

        @functools.wraps(steps)
        def run(self: Scenarios, workspace: Workspace, *arguments: Any, **options: Any) -> None:
            __tracebackhide__ = True
            lacking = [one for one in needs if one not in workspace.surroundings.features]
            if lacking:
                pytest.skip(f"the target has no {', '.join(lacking)}")
            try:
                steps(self, workspace, *arguments, **options)
            except Unexpected as what:
                what.where = what.where or workspace.last
                raise ContractBroken(rule, what).with_traceback(what.__traceback__) from None

        run.rule = rule  # type: ignore[attr-defined]
        return run

    return decorate


class Scenarios:
    """Base of all classes of scenarios; a subclass, or a conftest, gives the fixture `target`.

    Example:
        from contracts.suite.scenarios import Creation, Listing

        @pytest.fixture(scope="module")
        def target():
            return MyTarget()

        class TestCreation(Creation): ...

        class TestListing(Listing): ...
    """

    @pytest.fixture
    def workspace(self, target: Target, request: pytest.FixtureRequest) -> Workspace:
        """The target's workspace, in which a scenario works with names of its own."""
        return Workspace(target, request.node.originalname.removeprefix("test_"))


def rules_of(cls: type[Scenarios]) -> Iterator[tuple[str, Rule]]:
    """The scenarios of a class in their order: name of the method, and its rule."""
    for name in dict.fromkeys(name for base in reversed(cls.__mro__) for name in vars(base)):
        rule = getattr(getattr(cls, name), "rule", None)
        if isinstance(rule, Rule):
            yield name, rule
