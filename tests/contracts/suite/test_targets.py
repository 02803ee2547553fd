"""The suite is green on the emulator: in this process, recorded and replayed, and over TLS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.suite.scenario import rules_of
from contracts.suite.scenarios import ALL
from contracts.suite.target import Feature

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
_SUITE = ("--pyargs", "amlet.testing.suite")


def scenarios(*features: str) -> set[str]:
    """The scenarios that a target with these features plays, as pytest names them."""
    rules = ((one, name, rule) for one in ALL for name, rule in rules_of(one))
    return {f"Test{one.__name__}::{name}" for one, name, rule in rules if set(rule.needs) <= set(features)}


def assert_all_passed(result: tuple[dict[str, str], str], *features: str) -> None:
    outcomes, output = result
    assert {name for name, outcome in outcomes.items() if outcome != "PASSED"} == set(), output[-5000:]
    assert outcomes.keys() == scenarios(*features), output[-5000:]


def test_it_is_green_in_process_and_on_the_recording_of_that_run(
    tmp_path: Path, run_pytest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cassette = tmp_path / "suite.cassette.json"
    with monkeypatch.context() as recording:
        recording.setenv("AMLET_RECORD", str(cassette))
        assert_all_passed(run_pytest(*_SUITE, "--target", "emulator", plugins=True), Feature.LONG_WAITS)
    assert_all_passed(run_pytest(*_SUITE, f"--target=replay:{cassette}"), Feature.LONG_WAITS)


def test_it_is_green_over_tls(run_pytest: Callable[..., Any]) -> None:
    assert_all_passed(run_pytest(*_SUITE, "--target=emulator-tls", plugins=True), Feature.PROCESSES)


@pytest.mark.nightly
def test_it_is_green_on_a_cluster(run_pytest: Callable[..., Any]) -> None:
    assert_all_passed(run_pytest(*_SUITE, "--target=dask", plugins=True), Feature.PROCESSES)
