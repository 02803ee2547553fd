from __future__ import annotations

from pathlib import Path

import pytest

from emulator.simulation.scenario import Scenario, ScenarioError, of_text, read

_FILE = Path("scenario.yml")


def test_a_whole_scenario_is_read() -> None:
    scenario = of_text(
        """
seed: 7
start: 2026-01-01T00:00:00Z
trials:
  - match: {job: "sweep-*", trial: 0}
    metrics: {accuracy: [0.1, 0.5]}
    duration: 3600
  - exit_code: 1
requests:
  - {match: GET jobs/*, status: 503, times: 2, retry_after: 1}
  - {match: PUT jobs/*, reset: after}
""",
        _FILE,
    )
    assert (scenario.seed, scenario.started) == (7, 1_767_225_600.0)
    assert [rule.exit_code for rule in scenario.trials] == [0, 1]
    assert [str(rule) for rule in scenario.requests] == ["503 for GET jobs/*", "reset after the answer for PUT jobs/*"]
    assert scenario.wants_virtual_time


def test_an_empty_file_is_a_scenario_in_which_nothing_happens() -> None:
    assert of_text("", _FILE) == Scenario()
    assert not Scenario().wants_virtual_time


def test_a_time_without_a_zone_is_utc() -> None:
    assert of_text("start: 2026-01-01 00:00:00", _FILE).started == 1_767_225_600.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trails: []", "scenario.yml:1: trails: unknown key; did you mean 'trials'?"),
        (
            "trials:\n  - match: {trial: 0}\n    exitcode: 1",
            "scenario.yml:3: trials[0].exitcode: unknown key; did you mean 'exit_code'?",
        ),
        (
            "requests:\n  - match: GET jobs/*\n    status: high",
            "scenario.yml:3: requests[0].status: 'high' is not what is expected here: a whole number",
        ),
        (
            "requests:\n  - {match: GET jobs/*}",
            "scenario.yml:2: requests[0]: nothing would go wrong; give one of status, reset, truncate or latency",
        ),
        (
            "requests:\n  - {match: {methd: GET}, status: 503}",
            "scenario.yml:2: requests[0].match.methd: unknown key; did you mean 'method'?",
        ),
        (
            "trials:\n  - {match: {parameters: {lr: {mim: 1}}}}",
            "scenario.yml:2: trials[0].match.parameters.lr.mim: unknown key; did you mean 'min'?",
        ),
        ("- a", "scenario.yml:1: a list where the keys seed, start, frozen, trials, requests are expected"),
        ("a: [", "scenario.yml:1: this is not YAML: "),
        ("seed: 1\nseed: 2", "scenario.yml:2: seed: this key stands twice; keep one of the two"),
        (
            "start: soon",
            "scenario.yml:1: start: 'soon' is not what is expected here: a time such as 2026-01-01T00:00:00Z",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_key_and_remedy(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        of_text(text, _FILE)
    assert str(raised.value).startswith(message)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as raised:
        of_text("seed: x\nfrozen: 3\ntrials: 4", _FILE)
    assert [line.split(":")[1] for line in str(raised.value).splitlines()] == ["1", "2", "3"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="scenario cannot be read: No such file"):
        read(tmp_path / "none.yml")
