"""The official SDK as an oracle."""

from __future__ import annotations

import logging
import warnings

import pytest


@pytest.fixture(scope="session")
def sdk() -> None:
    """The official SDK, imported without its warnings; the test is skipped where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("azure.ai.ml", reason="the official SDK (azure-ai-ml) is not installed")
        import azure.ai.ml.entities
        import azure.ai.ml.sweep  # noqa: F401
    logging.getLogger("azure.ai.ml").setLevel(logging.ERROR)


@pytest.fixture(autouse=True)
def quiet_about_old_bindings(caplog: pytest.LogCaptureFixture) -> None:
    """Descriptions use old `{inputs.x}` bindings on purpose; their log lines would bury a failure."""
    caplog.set_level(logging.ERROR, "gateway")
