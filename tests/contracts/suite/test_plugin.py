"""The command line of the suite, and that it stays out of the way of other test suites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_an_unknown_target_ends_the_run_and_lists_the_known_ones(run_pytest: Run) -> None:
    _, output = run_pytest("--pyargs", "amlet.testing.suite", "--target=nowhere")
    assert "there is no target 'nowhere'; known are dask, emulator, emulator-tls, live, replay, url" in output


def test_without_a_target_the_run_ends_with_the_option_s_name(run_pytest: Run) -> None:
    _, output = run_pytest("--pyargs", "amlet.testing.suite")
    assert "say what is checked with --target=NAME" in output


def test_a_cassette_that_is_none_ends_the_run_with_its_name(tmp_path: Path, run_pytest: Run) -> None:
    (tmp_path / "some.json").write_text("{}")
    _, output = run_pytest("--pyargs", "amlet.testing.suite", "--target=replay:some.json")
    assert "some.json is not a recording" in output
    assert "Traceback" not in output


def test_other_test_suites_can_have_an_option_of_that_name(tmp_path: Path, run_pytest: Run) -> None:
    (tmp_path / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--target')\n")
    (tmp_path / "test_it.py").write_text("def test_it(pytestconfig): assert pytestconfig.getoption('target') == 'x'\n")
    outcomes, output = run_pytest("--target=x", plugins=True)
    assert outcomes == {"test_it": "PASSED"}, output


def test_a_broken_rule_is_told_with_its_evidence_and_the_difference_as_json(tmp_path: Path, run_pytest: Run) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import pytest\n"
        "from contracts.suite.scenarios import Refusals\n"
        "from contracts.suite.target import Response, Surroundings\n"
        "class Mine:\n"
        "    surroundings = Surroundings('/subscriptions/s/resourceGroups/g/workspaces/w')\n"
        "    def send(self, request): return Response(500, {}, b'oops')\n"
        "    def pause(self, seconds): pass\n"
        "class TestMine(Refusals):\n"
        "    @pytest.fixture\n"
        "    def target(self): return Mine()\n"
    )
    _, output = run_pytest("test_mine.py", "-k", "a_missing_run_is_not_found")
    for part in (
        "contract broken: Run history answers 404 UserError for a run that does not exist.",
        "evidence: recorded: Azure/azure-cli-extensions issue 6662",
        "seen in: GET /history/v1.0/subscriptions/s/",
        '"path": "$.status"',
        '"expected": 404',
        '"got": 500',
    ):
        assert part in output
