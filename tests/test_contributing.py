"""The guides of CONTRIBUTING.md name files that exist, and what they say is enough."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

import contracts.arm.distributions as wire
import emulator.engine.distributions as drawn
import gateway.sweep
from contracts import job_types, termination_policies
from contracts.arm.sweep_algorithms import MedianStoppingPolicy
from contracts.job_types import JobType, RefusedJobType
from contracts.lifecycle import JobStatus
from contracts.rules import check_job
from contracts.termination_policies import TerminationPolicy
from emulator.engine import termination
from emulator.engine.search_space import search_space_of
from emulator.engine.termination.base import Decision
from emulator.executors.registry import EXECUTORS
from emulator.settings import Settings, describe
from emulator.simulation.curve import evenly
from emulator.simulation.run import simulate
from gateway import load_job, to_arm
from gateway.entities.search_space import DISTRIBUTIONS, SweepDistribution
from gateway.entities.sweep_settings import POLICIES, EarlyTerminationPolicy

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_ADDING = TEXT.partition("## How to add")[2].partition("\n## ")[0]
GUIDES = dict(re.findall(r"^### (.+)\n((?:(?!^#).*\n?)+)", _ADDING, re.MULTILINE))
_FILE = re.compile(r"`((?:amlet|contracts|gateway|emulator|tests|docs)/[\w./-]*|pyproject\.toml)`")

SWEEP = """
type: sweep
trial: {command: "python train.py --x ${{search_space.x}}", environment: "azureml:base:1"}
sampling_algorithm: random
search_space: {x: %s}
objective: {goal: maximize, primary_metric: score}
limits: {max_total_trials: 4, max_concurrent_trials: 1}
%s
"""


def sweep_body(space: str, policy: str = "") -> dict[str, Any]:
    return to_arm(load_job(io.StringIO(SWEEP % (space, policy))))


def test_there_is_a_guide_for_everything_that_is_added_often() -> None:
    assert list(GUIDES) == [
        *("A distribution", "A termination policy", "A sampling algorithm", "A job type", "An executor"),
        *("A setting", "A command", "A served operation"),
    ]


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_names_files_that_exist(guide: str) -> None:
    named = _FILE.findall(GUIDES[guide])
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_glossary_explains_each_word_once() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", TEXT.partition("## Glossary")[2], re.MULTILINE)
    words = [word.strip() for row in rows[1:] for word in row.split(",")]
    assert {"job", "trial", "attempt", "executor", "project file"} <= set(words)
    assert len(words) == len(set(words))


@dataclass(frozen=True, slots=True)
class WireTriangular(wire.Distribution):
    """A distribution that only this test knows."""

    kind: ClassVar[str] = "triangular"
    low: float
    high: float


class DrawnTriangular:
    """Its values."""

    size = None

    def __init__(self, low: float, high: float) -> None:
        self._low, self._width = low, high - low

    def value(self, u: float) -> float:
        return self._low + self._width * u**0.5

    def at(self, place: int) -> float:
        raise IndexError(place)


class Triangular(SweepDistribution):
    """Its spelling for users."""

    kind = "triangular"
    arguments = ("low", "high")

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.low, self.high = low, high


def test_a_distribution_works_with_one_registration_in_each_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wire.DISTRIBUTIONS, "triangular", WireTriangular)
    monkeypatch.setitem(drawn.DISTRIBUTIONS, "triangular", lambda given, base: DrawnTriangular(given.low, given.high))
    monkeypatch.setitem(DISTRIBUTIONS, "triangular", Triangular)
    body = sweep_body("{type: triangular, low: 2, high: 4}")
    assert check_job(body) == []
    assert gateway.sweep.Triangular is Triangular
    space = search_space_of({"x": wire.parse_distribution(body["properties"]["searchSpace"]["x"])})
    assert space.point([0.25]) == {"x": 3.0}


class FirstOnly(MedianStoppingPolicy):
    """The body of a policy that only this test knows."""

    policy_type: Literal["FirstOnly"] = "FirstOnly"  # type: ignore[assignment]


class StopsAllButTheFirst:
    """It cancels every trial but the first at its first interval."""

    def observe(self, trial: int, value: float) -> Decision | None:
        return Decision("FirstOnly", trial, 1, value, None, 0, None, None, cancel=trial > 0)

    def ended(self, trial: int) -> None:
        pass


class FirstOnlyPolicy(EarlyTerminationPolicy):
    """Its spelling for users."""

    kind = "first_only"

    def __init__(self, *, delay_evaluation: int = 0, evaluation_interval: int = 1) -> None:
        super().__init__(delay_evaluation=delay_evaluation, evaluation_interval=evaluation_interval)


@pytest.fixture
def first_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    kind = termination_policies.register(TerminationPolicy("FirstOnly", "first_only", lambda: FirstOnly))
    termination.register(kind, lambda given, plan: StopsAllButTheFirst())
    monkeypatch.setitem(POLICIES, "first_only", FirstOnlyPolicy)
    yield
    termination.unregister(kind)
    termination_policies.unregister(kind)


@pytest.mark.usefixtures("first_only")
def test_a_policy_works_with_one_registration_in_each_package() -> None:
    body = sweep_body("{type: uniform, min_value: 0, max_value: 1}", "early_termination: {type: first_only}")
    assert check_job(body) == []
    outcome = simulate("s", body["properties"], lambda index, parameters: evenly([1.0, 2.0], 10.0))
    assert outcome.trials == {JobStatus.COMPLETED: 1, JobStatus.CANCELED: 3}


def test_every_policy_of_the_contract_is_registered_in_each_package() -> None:
    known = set(termination_policies.TERMINATION_POLICIES.values())
    assert set(termination.registered()) == known
    assert {kind.yaml_name for kind in known} == set(POLICIES)
    with pytest.raises(ValueError, match="has the policy Bandit already"):
        termination.register(termination_policies.BANDIT, lambda given, plan: StopsAllButTheFirst())


def test_every_distribution_of_the_contract_is_registered_in_each_package() -> None:
    subclasses = {kind for kind, cls in wire.DISTRIBUTIONS.items() if cls is not WireTriangular}
    assert set(drawn.DISTRIBUTIONS) == set(DISTRIBUTIONS) == subclasses


def test_a_type_that_is_not_served_needs_its_refusal_alone() -> None:
    added = job_types.register(JobType("Quantum", "quantum", refusal="use a command job"))
    try:
        with pytest.raises(RefusedJobType, match="use a command job"):
            job_types.served_type("Quantum")
    finally:
        job_types.unregister(added)


def test_every_executor_is_a_value_of_the_setting_and_names_what_makes_it() -> None:
    for name, kind in EXECUTORS.items():
        assert Settings().with_values({"executor": name}).executor == name
        if kind.maker is not None:
            module, _, function = kind.maker.partition(":")
            assert callable(getattr(import_module(module), function))


def test_every_setting_has_the_three_things_that_the_guide_asks_for() -> None:
    for name, _, evidence, meaning in describe():
        assert evidence in ("documented", "recorded", "inferred"), name
        assert len(meaning) > 10, name
