"""The target of a run of the suite, as `--target` names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest

from contracts.suite.target import Target
from contracts.suite.targets import CannotOpen, known_targets, open_target


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """What the scenarios are played on; one for all of them."""
    named = request.config.getoption("--target")
    if not named:
        _give_up(f"say what is checked with --target=NAME; known are {', '.join(known_targets())}")
    with ExitStack() as stack:
        try:
            found = stack.enter_context(open_target(named))
        except CannotOpen as error:
            _give_up(str(error))
        yield found


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is checked."""
    return f"contract suite: target {config.getoption('--target', None)}"


def _give_up(why: str) -> NoReturn:
    pytest.exit(why, returncode=pytest.ExitCode.USAGE_ERROR)
