"""Fixtures that stand between tests and recordings: here values pass through unchanged."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest


class VariableRecorder:
    """Would keep values that change from run to run."""

    def get_or_record(self, name: str, value: str) -> str:
        """The value."""
        return value


class EnvironmentVariables(dict[str, str]):
    """The environment, as the tests ask for it."""

    def sanitize_batch(self, sanitized: Mapping[str, str]) -> dict[str, str]:
        """The values under which the recordings were published, but for those that the environment has."""
        return {name: os.environ.get(name, value) for name, value in sanitized.items()}


@pytest.fixture(scope="session")
def test_proxy() -> None:
    """The recording proxy, which is not there."""


@pytest.fixture
def recorded_test() -> None:
    """Marks a test that would be recorded."""


@pytest.fixture
def variable_recorder() -> VariableRecorder:
    """See `VariableRecorder`."""
    return VariableRecorder()


@pytest.fixture
def environment_variables() -> EnvironmentVariables:
    """See `EnvironmentVariables`."""
    return EnvironmentVariables(os.environ)
