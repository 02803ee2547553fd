"""The table of endings, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from contracts.lifecycle import JobStatus
from emulator.engine.actions import AllGenerated, Finish, StartTrial, StopCause, StopTrial
from emulator.engine.ending import ENDINGS, Reason, logged_instead
from emulator.engine.plan import SweepPlan
from emulator.engine.sampling.base import Observation
from emulator.engine.settings import EngineSettings
from emulator.engine.sweep import Sweep
from emulator.engine.trial import TrialOutcome
from emulator.engine.values import Point

MakePlan = Callable[..., SweepPlan]

GOOD = TrialOutcome.completed()
BAD = TrialOutcome.exited(1)
DISK_FULL = TrialOutcome.failed("No space left on device.", system=True)
STOPPED = TrialOutcome.canceled()


@dataclass
class Scenario:
    """A sweep of four trials, two at a time: how each ends, in order, and what happens besides."""

    outcomes: Sequence[TrialOutcome]
    metric: str = "accuracy"
    happens: str = ""


SCENARIOS: list[tuple[Reason, Scenario]] = [
    (Reason.TRIALS_DONE, Scenario([GOOD] * 4)),
    (Reason.TRIALS_DONE, Scenario([BAD, GOOD, STOPPED, BAD])),
    (Reason.TRIALS_DONE, Scenario([GOOD, BAD, BAD, BAD])),
    (Reason.METRIC_NEVER_LOGGED, Scenario([GOOD, GOOD, BAD, GOOD], metric="acc")),
    (Reason.METRIC_NEVER_LOGGED, Scenario([GOOD] * 4, metric="")),
    (Reason.ALL_CANCELED, Scenario([STOPPED] * 4)),
    (Reason.INITIAL_FAILURES, Scenario([BAD, BAD, GOOD, GOOD])),
    (Reason.INITIAL_FAILURES, Scenario([DISK_FULL, BAD, GOOD, GOOD])),
    (Reason.USER_ERRORS, Scenario([STOPPED, BAD, DISK_FULL, BAD])),
    (Reason.SYSTEM_ERRORS, Scenario([STOPPED, DISK_FULL, STOPPED, DISK_FULL])),
    (Reason.SYSTEM_ERRORS, Scenario([DISK_FULL, DISK_FULL, GOOD, GOOD])),
    (Reason.SAMPLING_FAILED, Scenario([GOOD, GOOD], happens="no point")),
    (Reason.TIMEOUT, Scenario([GOOD, GOOD, STOPPED, STOPPED], happens="timeout")),
    (Reason.CANCELED, Scenario([GOOD, GOOD, STOPPED, STOPPED], happens="cancel")),
    (Reason.CANCELED, Scenario([GOOD, GOOD, GOOD, BAD], happens="cancel")),
]


class BrokenSampler:
    """Knows two points, and then fails as a library might."""

    limit: int | None = None
    learns = False

    def suggest(self, index: int, history: Sequence[Observation]) -> Point:
        return [{"lr": 0.1}, {"lr": 0.2}][index]


def play(plan: SweepPlan, scenario: Scenario) -> tuple[Sweep, Finish | None, list[StopTrial]]:
    sweep, now = Sweep(plan), 0.0
    outcomes = list(scenario.outcomes)
    actions = sweep.start(now)
    while not sweep.finish:
        actions += (offered := sweep.offer(4, now))
        started = [action.index for action in offered if isinstance(action, StartTrial)]
        for index in started:
            actions += sweep.trial_running(index, now)
            if scenario.metric == "accuracy":
                actions += sweep.metric(index, 0.5, now)
            elif scenario.metric:
                actions += sweep.metric_named(index, "loss", now)
                actions += sweep.metric_named(index, scenario.metric, now)
        if 2 in started and scenario.happens == "timeout":
            now = sweep.next_deadline or now
            actions += sweep.tick(now)
        if 2 in started and scenario.happens == "cancel":
            actions += sweep.cancel(now)
        for index in started:
            actions += sweep.trial_ended(index, outcomes[index], now)
    finishes = [action for action in actions if isinstance(action, Finish)]
    assert len(finishes) == 1
    assert actions[-1] is finishes[0]
    return sweep, finishes[0], [action for action in actions if isinstance(action, StopTrial)]


@pytest.mark.parametrize(("reason", "scenario"), SCENARIOS, ids=lambda value: str(value)[:40])
def test_each_row_of_the_table(
    make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch, reason: Reason, scenario: Scenario
) -> None:
    if scenario.happens == "no point":
        monkeypatch.setattr("emulator.engine.sweep.sampler_of", lambda plan: BrokenSampler())
    ending = ENDINGS[reason]
    plan = make_plan(maxTotalTrials=4, maxConcurrentTrials=2, timeout="PT5M")
    _, finish, _ = play(plan, scenario)
    assert finish is not None
    assert (finish.status, finish.code) == (ending.status, ending.code)
    assert (finish.message is None) is (ending.message is None)


def test_every_row_of_the_table_is_played() -> None:
    assert {reason for reason, _ in SCENARIOS} == set(ENDINGS) == set(Reason)


def test_a_metric_never_logged_is_answered_with_the_nearest_names(make_plan: MakePlan) -> None:
    plan = make_plan(maxTotalTrials=4, maxConcurrentTrials=2)
    sweep, finish, _ = play(plan, Scenario([GOOD] * 4, metric="Accuracy_val"))
    assert finish is not None
    assert finish.message == (
        "None of the 4 trials logged the primary metric 'accuracy'; logged were 'Accuracy_val', 'loss'."
    )
    assert sweep.best is None


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (set(), "no metric was logged at all"),
        ({"accuracy"}, "it never was a finite number"),
        ({"loss", "Acuracy", "f1"}, "logged were 'Acuracy', 'f1', 'loss'"),
    ],
)
def test_what_was_logged_instead(names: set[str], text: str) -> None:
    assert logged_instead("accuracy", names) == text


def test_the_timeout_says_how_long_it_was_and_cancels_what_runs(make_plan: MakePlan) -> None:
    plan = make_plan(maxTotalTrials=4, maxConcurrentTrials=2, timeout="PT5M")
    _, finish, stops = play(plan, Scenario([GOOD, GOOD, STOPPED, STOPPED], happens="timeout"))
    assert finish is not None
    assert finish.message == "The sweep reached its timeout of 300 s; its unfinished trials were canceled."
    assert stops == [StopTrial(2, StopCause.SWEEP_TIMEOUT), StopTrial(3, StopCause.SWEEP_TIMEOUT)]


def test_the_status_after_a_timeout_is_a_setting(make_plan: MakePlan) -> None:
    plan = make_plan(maxTotalTrials=4, maxConcurrentTrials=2, settings=EngineSettings(timeout_status="Failed"))
    _, finish, _ = play(plan, Scenario([GOOD, GOOD, STOPPED, STOPPED], happens="timeout"))
    assert finish is not None
    assert finish.status is JobStatus.FAILED


def test_initial_failures_stop_what_runs_and_draw_no_more(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan(maxTotalTrials=10, maxConcurrentTrials=5))
    sweep.start(0.0)
    sweep.offer(5, 0.0)
    for index in (2, 0):
        assert sweep.trial_ended(index, BAD, 1.0) == []
    stops = [action for action in sweep.trial_ended(1, BAD, 1.0) if isinstance(action, StopTrial)]
    assert stops == [StopTrial(3, StopCause.SWEEP_FAILED), StopTrial(4, StopCause.SWEEP_FAILED)]
    assert sweep.offer(5, 1.0) == []
    sweep.trial_ended(3, STOPPED, 2.0)
    assert isinstance(sweep.trial_ended(4, STOPPED, 2.0)[-1], Finish)


def test_giving_up_early_can_be_switched_off(make_plan: MakePlan) -> None:
    plan = make_plan(maxTotalTrials=4, maxConcurrentTrials=2, settings=EngineSettings(initial_failures=0))
    sweep, finish, _ = play(plan, Scenario([BAD, BAD, BAD, GOOD]))
    assert len(sweep.trials) == 4
    assert finish is not None
    assert finish.status is JobStatus.COMPLETED


def test_an_exhausted_space_ends_the_sweep_before_the_maximum(make_plan: MakePlan) -> None:
    plan = make_plan({"a": ["choice", [[1, 2, 3]]]}, algorithm="Grid", maxTotalTrials=10, maxConcurrentTrials=2)
    sweep = Sweep(plan)
    sweep.start(0.0)
    actions = []
    for index in range(3):
        actions += sweep.offer(2, 0.0)
        actions += sweep.metric(index, 1.0, 0.0)
        actions += sweep.trial_ended(index, GOOD, 0.0)
    assert AllGenerated(3, exhausted=True) in actions
    assert actions[-1] == Finish(JobStatus.COMPLETED)
