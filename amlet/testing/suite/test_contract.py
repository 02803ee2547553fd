"""All scenarios, to be run by `pytest --pyargs amlet.testing.suite --target NAME`."""

from __future__ import annotations

from contracts.suite.scenarios import ALL

globals().update(
    {f"Test{scenarios.__name__}": type(f"Test{scenarios.__name__}", (scenarios,), {}) for scenarios in ALL}
)
