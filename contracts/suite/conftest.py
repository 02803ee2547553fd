"""The target of a run of the suite, as `--target` names it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contracts.suite.target import Target
from contracts.suite.targets import UnknownTarget, open_target


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """What the scenarios are played on; one for all of them."""
    named = request.config.getoption("--target")
    try:
        opened = open_target(str(named))
    except UnknownTarget as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
    with opened as found:
        yield found


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is checked."""
    return f"contract suite: target {config.getoption('--target', None)}"
