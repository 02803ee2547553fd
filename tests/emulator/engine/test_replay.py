"""After a restart a sweep goes on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.engine.actions import StartTrial, StopCause
from emulator.engine.plan import SweepPlan
from emulator.engine.sweep import Sweep
from emulator.engine.trial import RecordedTrial, TrialOutcome
from emulator.engine.values import Point

MakePlan = Callable[..., SweepPlan]

SPACE = {"x": ["uniform", [-1, 1]], "n": ["quniform", [0, 30, 3]], "kind": ["choice", [["a", "b"]]]}
SOBOL = {"samplingAlgorithmType": "Random", "rule": "sobol"}
POLICY = {"policyType": "MedianStopping", "evaluationInterval": 2}


def curve(parameters: Point) -> list[float]:
    x = float(parameters["x"])  # type: ignore[arg-type]
    return [x + step * x * x for step in range(4)]


def play(sweep: Sweep, verdicts: dict[int, list[bool]], *, until: int) -> list[RecordedTrial]:
    """Run trials one after another until so many have ended; what a store would know of them."""
    while not sweep.finish and sum(trial.ended for trial in sweep.trials) < until:
        for action in sweep.offer(1, 0.0):
            if isinstance(action, StartTrial):
                sweep.trial_running(action.index, 0.0)
                values = curve(action.parameters)
                for value in values:
                    answers = sweep.metric(action.index, value, 0.0)
                    verdicts.setdefault(action.index, []).append(len(answers) > 1)
                sweep.trial_ended(action.index, TrialOutcome.completed(), 0.0)
    return [
        RecordedTrial(
            trial.index,
            trial.parameters,
            outcome=trial.outcome,
            values=curve(trial.parameters) if trial.outcome else (),
            stop_cause=trial.stop_cause,
        )
        for trial in sweep.trials
    ]


@pytest.mark.parametrize("algorithm", ["Random", SOBOL, "Bayesian"], ids=["random", "sobol", "bayesian"])
@given(ended=st.integers(0, 17), concurrent=st.integers(1, 4), seed=st.integers(0, 9))
@settings(max_examples=12)
def test_the_remaining_trials_and_verdicts_equal_those_of_an_unbroken_run(
    make_plan: MakePlan, algorithm: Any, ended: int, concurrent: int, seed: int
) -> None:
    plan = make_plan(
        SPACE, algorithm=algorithm, policy=POLICY, seed=seed, maxTotalTrials=18, maxConcurrentTrials=concurrent
    )
    unbroken, broken = Sweep(plan), Sweep(plan)
    verdicts: list[dict[int, list[bool]]] = [{}, {}]
    unbroken.start(0.0)
    play(unbroken, verdicts[0], until=18)
    broken.start(0.0)
    records = play(broken, verdicts[1], until=ended)

    again = Sweep(plan)
    again.replay(records, started=0.0, now=1.0)
    play(again, verdicts[1], until=18)

    assert [trial.parameters for trial in again.trials] == [trial.parameters for trial in unbroken.trials]
    assert verdicts[1] == verdicts[0]
    assert (again.best, again.finish) == (unbroken.best, unbroken.finish)


def test_a_sweep_whose_last_trial_ended_before_the_crash_finishes_at_once(make_plan: MakePlan) -> None:
    plan = make_plan(SPACE, maxTotalTrials=2)
    records = [
        RecordedTrial(index, {"x": 0.0, "n": 0.0, "kind": "a"}, outcome=TrialOutcome.completed(), values=[1.0])
        for index in range(2)
    ]
    sweep = Sweep(plan)
    assert sweep.replay(records, started=0.0, now=5.0)[-1] == sweep.finish
    assert sweep.best == (0, 1.0)


def test_deadlines_count_on_from_before_the_crash(make_plan: MakePlan) -> None:
    plan = make_plan(SPACE, maxTotalTrials=2, timeout="PT10M", trialTimeout="PT5M")
    sweep = Sweep(plan)
    parameters: Point = {"x": 0.0, "n": 0.0, "kind": "a"}
    sweep.replay(
        [RecordedTrial(0, parameters, running_since=50.0), RecordedTrial(1, parameters)], started=10.0, now=99.0
    )
    assert sweep.next_deadline == 350.0
    sweep.trial_ended(0, TrialOutcome.completed(), 100.0)
    assert sweep.next_deadline == 610.0
    assert [action.index for action in sweep.offer(1, 100.0) if isinstance(action, StartTrial)] == [1]


@pytest.mark.parametrize("kind", ["Bandit", "MedianStopping", "TruncationSelection"])
def test_what_a_preempted_trial_logged_counts_as_before(make_plan: MakePlan, kind: str) -> None:
    limits = {"slackAmount": 0.1, "truncationPercentage": 50}
    plan = make_plan(SPACE, policy={"policyType": kind, "evaluationInterval": 1, **limits}, maxTotalTrials=2)
    unbroken, again = Sweep(plan), Sweep(plan)
    unbroken.start(0.0)
    unbroken.offer(2, 0.0)
    unbroken.metric(0, 9.0, 0.0)
    unbroken.trial_requeued(0, 0.0)
    first, second = (trial.parameters for trial in unbroken.trials)
    again.replay([RecordedTrial(0, first, values=[9.0]), RecordedTrial(1, second, running_since=0.0)], started=0, now=0)
    assert again.best == unbroken.best == (0, 9.0)
    assert again.metric(1, 1.0, 0.0) == unbroken.metric(1, 1.0, 0.0)
    assert again.trials[1].stop_cause is StopCause.EARLY_TERMINATION
    assert unbroken.offer(1, 0.0) != []
    for sweep in (unbroken, again):
        sweep.metric(0, 8.0, 0.0)
        assert sweep.trials[0].stop_cause is None
