"""What a scenario is: a rule of the contract, the evidence for it, and the steps that show whether it is kept."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from contracts.suite.answer import Unexpected
from contracts.suite.difference import Difference
from contracts.suite.target import NotCovered, Target
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


class NotPlayed(unittest.SkipTest):
    """The target cannot play a scenario; the text says why. unittest and pytest report it as skipped."""


Steps: TypeAlias = Callable[..., None]
_Method = TypeVar("_Method", bound=Callable[..., Any])


def scenario(evidence: Evidence, source: str, needs: tuple[str, ...] = ()) -> Callable[[Steps], Steps]:
    """Make a method a scenario; its docstring is the rule.

    The method may ask for `target`, `workspace` and the values of `prepared` methods of its class, by the names of its
    parameters. The caller gives the target alone.

    Parameters:
        evidence, source, needs: see `Rule`.
    """

    def decorate(steps: Steps) -> Steps:
        text = " ".join((steps.__doc__ or "").split())
        if not text:
            raise TypeError(f"scenario {steps.__qualname__} states no rule: give it a docstring")
        rule = Rule(text, evidence, source, needs)

        @functools.wraps(steps)
        def run(self: Scenarios, target: Target) -> None:
            __tracebackhide__ = True
            self.workspace = workspace = Workspace(target, steps.__name__.removeprefix("test_"))
            try:
                arguments = _arguments(self, steps, {"target": target, "workspace": workspace})
                # Only now, so that a recording of this target answers the preparations of others that have the feature.
                if lacking := [one for one in needs if one not in target.surroundings.features]:
                    raise NotPlayed(f"the target has no {', '.join(lacking)}")
                steps(self, **arguments)
            except NotCovered as gap:
                raise NotPlayed(str(gap)) from None
            except Unexpected as what:
                what.where = what.where or workspace.last
                raise ContractBroken(rule, what).with_traceback(what.__traceback__) from None

        run.rule = rule  # type: ignore[attr-defined]
        run.__signature__ = inspect.signature(run, follow_wrapped=False)  # type: ignore[attr-defined]
        return run

    return decorate


def prepared(method: _Method) -> _Method:
    """Let scenarios have the value of a method by naming it as a parameter; it is made once for each scenario.

    The method may ask for other values likewise. Subclasses replace it by another `prepared` method of its name.
    """
    method.is_prepared = True  # type: ignore[attr-defined]
    return method


def _arguments(scenarios: Scenarios, method: Callable[..., Any], known: dict[str, Any]) -> dict[str, Any]:
    """What a method asks for, by name; `known` collects the values of the scenario."""
    asked = [name for name in inspect.signature(method).parameters if name != "self"]
    for name in asked:
        if name not in known:
            make: Any = getattr(scenarios, name, None)
            if not getattr(make, "is_prepared", False):
                raise TypeError(f"{type(scenarios).__name__} has no prepared method {name!r}; a scenario asks for it")
            known[name] = make(**_arguments(scenarios, make, known))
    return {name: known[name] for name in asked}


class Scenarios:
    """Base of all classes of scenarios; each scenario is a method `test_...(target)`, as pytest runs it.

    Parameters:
        workspace: of the scenario that ran last; its `exchanges` are what was sent and answered.

    Example:
        from contracts.suite.scenarios import Creation, Listing

        @pytest.fixture(scope="module")
        def target():
            return MyTarget()

        class TestCreation(Creation): ...

        class TestListing(Listing): ...
    """

    workspace: Workspace


def rules_of(cls: type[Scenarios]) -> Iterator[tuple[str, Rule]]:
    """The scenarios of a class in their order: name of the method, and its rule."""
    for name in dict.fromkeys(name for base in reversed(cls.__mro__) for name in vars(base)):
        rule = getattr(getattr(cls, name), "rule", None)
        if isinstance(rule, Rule):
            yield name, rule
