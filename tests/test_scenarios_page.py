"""docs/scenarios.md: its scenario is one, its program runs, and it names every key that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from emulator.faults.request_match import RequestMatch
from emulator.faults.rule import FaultRule
from emulator.simulation.scenario import Scenario, of_text
from emulator.simulation.trial_rule import TrialMatch, TrialRule

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_scenario_of_the_page_can_be_used() -> None:
    (text,) = blocks("yaml")
    scenario = of_text(text, Path("scenario.yml"))
    assert (scenario.seed, len(scenario.trials), len(scenario.requests)) == (7, 4, 2)


def test_the_program_of_the_page_runs() -> None:
    (program,) = blocks("python")
    exec(compile(program, "docs/scenarios.md", "exec"), {})


@pytest.mark.parametrize("model", [Scenario, TrialRule, TrialMatch, FaultRule, RequestMatch])
def test_the_page_names_every_key(model: type[BaseModel]) -> None:
    assert [name for name in model.model_fields if f"`{name}`" not in PAGE] == []
