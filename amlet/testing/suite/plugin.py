"""The options of `pytest --pyargs amlet.testing.suite`, as a part of the plugin `amlet`.

The conftest beside this file is read too late to add options (pytest looks for options in conftests of folders that
are named by path), and an option `--target` in every pytest could collide with another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_NAMES = ("amlet.testing.suite", "amlet/testing/suite", "amlet\\testing\\suite")


def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Add the suite's options when the suite is what is run."""
    if any(name in arg for arg in args for name in _NAMES):
        group = parser.getgroup("contract suite")
        group.addoption(
            "--target",
            metavar="NAME[:ARGUMENT]",
            help="what is checked: emulator, emulator-tls, live, replay:CASSETTE, url:ORIGIN, or any other that an "
            "installed package offers as entry point amlet.contract_targets",
        )
        group.addoption(
            "--against",
            metavar="NAME[:ARGUMENT]",
            help="play every scenario on this target too, and compare statuses, headers, keys and types",
        )
