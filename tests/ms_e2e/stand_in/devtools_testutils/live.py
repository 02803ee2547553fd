"""A plugin for pytest: the fixtures of the stand-in, and shorter waits, as an emulator answers sooner."""

from __future__ import annotations

import time

from devtools_testutils.proxy_fixtures import (  # noqa: F401
    environment_variables,
    recorded_test,
    test_proxy,
    variable_recorder,
)

_LONGEST = 0.25
_sleep = time.sleep


def _shortened(seconds: float) -> None:
    _sleep(min(seconds, _LONGEST))


time.sleep = _shortened
