"""A plugin for pytest: the fixtures of the stand-in, and shorter waits, as an emulator answers sooner."""

from __future__ import annotations

import time

import pytest

from devtools_testutils.proxy_fixtures import (  # noqa: F401
    environment_variables,
    recorded_test,
    test_proxy,
    variable_recorder,
)

_LONGEST = 0.25
#: After so many waits a test will not see what it waits for; the client swallows the exception of a timeout.
_MOST = 240
_sleep = time.sleep
_waits = 0


def _shortened(seconds: float) -> None:
    global _waits
    _waits += 1
    if _waits > _MOST:
        pytest.fail(f"waited {_MOST} times in vain")
    _sleep(min(seconds, _LONGEST))


time.sleep = _shortened


def pytest_runtest_setup() -> None:
    """Another test waits for something else."""
    global _waits
    _waits = 0
