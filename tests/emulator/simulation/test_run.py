"""Whole sweeps in virtual time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.simulation.curve import evenly, from_objective, from_table
from emulator.simulation.run import simulate
from emulator.storage import decisions, jobs

BANDIT = {"policyType": "Bandit", "slackFactor": 0.1, "evaluationInterval": 1, "delayEvaluation": 5}


def body(total: int, concurrent: int, **more: Any) -> dict[str, Any]:
    return {
        "searchSpace": {"lr": ["uniform", [0, 1]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 1},
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "trial": {"command": "unused", "environmentId": "unused"},
        "limits": {"maxTotalTrials": total, "maxConcurrentTrials": concurrent, **more.pop("limits", {})},
        **more,
    }


def falling(lr: float) -> list[float]:
    return [lr + 1 / (step + 1) for step in range(10)]


def test_a_sweep_ends_with_its_best_trial_in_no_time() -> None:
    outcome = simulate("s", body(20, 4), from_objective(falling))
    children = [child.parameters for child in jobs.children(outcome.store.reader(), jobs.JobId(1))]
    assert outcome.status is JobStatus.COMPLETED
    assert outcome.best is not None
    index, value = outcome.best
    assert children[index] == min(children, key=lambda parameters: parameters["lr"])
    assert value == pytest.approx(children[index]["lr"] + 0.1)
    assert outcome.duration == 20 / 4 * 10
    assert outcome.trial_seconds == 200
    assert outcome.log[-1].endswith("Changing Run Status from Running to Completed \n")


def test_concurrency_changes_the_duration_and_not_the_trials() -> None:
    one, many = (simulate("s", body(12, concurrent), from_objective(falling)) for concurrent in (1, 12))
    assert one.duration == 12 * many.duration
    parameters = [
        [child.parameters for child in jobs.children(outcome.store.reader(), jobs.JobId(1))] for outcome in (one, many)
    ]
    assert parameters[0] == parameters[1]


def test_nodes_bound_how_many_trials_run_at_once() -> None:
    assert simulate("s", body(12, 12), from_objective(falling), nodes=3).duration == 40


def test_a_policy_saves_trial_time_and_says_why() -> None:
    outcome = simulate("s", body(40, 4, earlyTermination=BANDIT), from_objective(falling))
    stopped = outcome.trials[JobStatus.CANCELED]
    assert stopped > 10
    assert outcome.trial_seconds < 400
    verdicts = [d.document["cancel"] for d in decisions.history(outcome.store.reader(), 1) if d.kind == "policy"]
    assert sum(verdicts) == stopped


def test_a_trial_timeout_counts_in_virtual_time() -> None:
    outcome = simulate("s", body(2, 2, limits={"trialTimeout": "PT4S"}), from_objective(falling))
    assert outcome.trials == {JobStatus.CANCELED: 2}
    assert outcome.duration == 4


def test_failing_curves_fail_their_trials() -> None:
    table = [evenly([1.0], exit_code=1), evenly([2.0])]
    outcome = simulate("s", body(2, 2), from_table(table))
    assert outcome.trials == {JobStatus.FAILED: 1, JobStatus.COMPLETED: 1}
    assert outcome.status is JobStatus.COMPLETED


@pytest.mark.slow
def test_a_thousand_trials_of_a_hundred_intervals_take_seconds_of_cpu() -> None:
    def slow_falling(lr: float) -> list[float]:
        return [lr + 1 / (step + 1) for step in range(100)]

    started = time.process_time()
    outcome = simulate("s", body(1000, 100), from_objective(slow_falling))
    assert outcome.trials == {JobStatus.COMPLETED: 1000}
    assert time.process_time() - started < 10, "three seconds on an idle machine; this guards the order of magnitude"
