"""What all tests share: the outside data beside the checkout, and the rule that oracle tests may not vanish in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: Beside the checkout, or where `AMLET_CORPUS` says.
CORPUS = Path(os.environ.get("AMLET_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
_REQUIRED = os.environ.get("AMLET_ORACLES") == "required"

settings.register_profile(
    "ordinary", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("ordinary"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("AMLET_HYPOTHESIS", "ordinary"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of outside data; a test that needs it is skipped where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip(f"the corpus of outside data is not beside this checkout ({CORPUS})")
    return CORPUS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what only the nightly run has time for."""
    if not os.environ.get("AMLET_NIGHTLY"):
        for item in items:
            if item.get_closest_marker("nightly"):
                item.add_marker(pytest.mark.skip(reason="runs with AMLET_NIGHTLY=1"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """With AMLET_ORACLES=required, a skipped oracle test is a failure."""
    outcome = yield
    report = outcome.get_result()
    oracle = item.get_closest_marker("oracle") or "corpus" in getattr(item, "fixturenames", ())
    left_out = item.get_closest_marker("nightly") and not os.environ.get("AMLET_NIGHTLY")
    if report.skipped and oracle and not left_out and _REQUIRED and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: an oracle test was skipped where oracles are required: {report.longrepr}"
