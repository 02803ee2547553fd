"""The suite notices what is wrong: each seeded mistake is caught by the scenario that is named for it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from contracts.suite.scenario import rules_of
from contracts.suite.scenarios import ALL

_HERE = Path(__file__).parent
MUTATIONS = yaml.safe_load((_HERE / "mutations.yml").read_text())


def play(tmp_path: Path, module: str, was: str, becomes: str, scenario: str) -> str:
    """What pytest prints of one scenario, played on an emulator with a changed source."""
    command = [sys.executable, str(_HERE / "mutant.py"), module, was, becomes, scenario]
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "AMLET_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation["mutation"].replace(" ", "-"))
def test_what_a_mutation_changes_stands_once_in_its_module(mutation: dict[str, str]) -> None:
    spec = importlib.util.find_spec(mutation["module"])
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).read_text().count(mutation["was"]) == 1, "bring mutations.yml up to date"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation["mutation"].replace(" ", "-"))
def test_a_mutation_is_caught(tmp_path: Path, mutation: dict[str, str]) -> None:
    scenario = mutation["caught_by"]
    output = play(tmp_path, mutation["module"], mutation["was"], mutation["becomes"], scenario)
    rules = {f"{one.__name__}::{name}": rule for one in ALL for name, rule in rules_of(one)}
    assert f"contract broken: {rules[scenario].text}" in output, output[-3000:]


def test_the_way_to_mutate_changes_nothing_by_itself(tmp_path: Path) -> None:
    same = "send_json(send, document, 201, "
    scenario = "Creation::test_a_new_job_answers_201_and_its_location"
    assert "1 passed" in play(tmp_path, "emulator.api.arm.jobs", same, same, scenario)
