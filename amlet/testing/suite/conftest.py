"""The target of a run of the suite, as `--target` names it, and the one it is compared with."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any, NoReturn, cast

import pytest

from amlet._guard import guard

guard("contracts")

from contracts.suite.scenario import Rule, Scenarios
from contracts.suite.target import Target
from contracts.suite.targets import CannotOpen, known_targets, open_target
from contracts.suite.transcript import Kinds, disagreements, kinds

_SEEN = pytest.StashKey[dict[str, tuple[str, Kinds]]]()
_MOST_SHOWN = 30


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the record of what the first target answered."""
    config.stash[_SEEN] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `--against`, play every scenario twice."""
    against = metafunc.config.getoption("--against", None)
    if against and "target" in metafunc.fixturenames:
        both = [metafunc.config.getoption("--target"), against]
        metafunc.parametrize("target", both, indirect=True, scope="session")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """What the scenarios are played on; one for all of them."""
    named = getattr(request, "param", None) or request.config.getoption("--target")
    if not named:
        _give_up(f"say what is checked with --target=NAME; known are {', '.join(known_targets())}")
    with ExitStack() as stack:
        try:
            found = stack.enter_context(open_target(named))
        except CannotOpen as error:
            _give_up(str(error))
        yield found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After a scenario was played on the second target, compare it with the first."""
    result = yield
    if isinstance(item, pytest.Function) and item.config.getoption("--against", None):
        _compare(item, item.config.stash[_SEEN])
    return result


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is checked."""
    against = config.getoption("--against", None)
    return f"contract suite: target {config.getoption('--target', None)}" + (f", against {against}" if against else "")


def _compare(item: pytest.Function, seen: dict[str, tuple[str, Kinds]]) -> None:
    workspace = cast("Scenarios", item.instance).workspace
    name = item.nodeid.partition("[")[0]
    here, found = str(item.callspec.params["target"]), kinds(workspace.exchanges, workspace.surroundings)
    if name not in seen:
        seen[name] = (here, found)
        return
    there, other = seen[name]
    both = {asked: (kind, found[asked]) for asked, kind in other.items() if asked in found}
    differing = [
        {"request": asked, "path": path, there: one, here: two}
        for asked, (first, second) in both.items()
        for path, one, two in disagreements(first, second)
    ]
    if differing:
        rule: Rule = item.function.rule
        shown = json.dumps(differing[:_MOST_SHOWN], indent=2)
        pytest.fail(
            f"{there} and {here} keep the rule and differ: {rule.text}\n"
            f"evidence: {rule.evidence}: {rule.source}\n{shown}\n{len(differing)} differences in all",
            pytrace=False,
        )


def _give_up(why: str) -> NoReturn:
    pytest.exit(why, returncode=pytest.ExitCode.USAGE_ERROR)
