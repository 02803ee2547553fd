from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from emulator.engine.actions import (
    Action,
    AllGenerated,
    NewBest,
    QueueTrial,
    Record,
    StartTrial,
    StopCause,
    StopTrial,
    WriteLog,
)
from emulator.engine.plan import SweepPlan
from emulator.engine.settings import EngineSettings
from emulator.engine.sweep import Sweep
from emulator.engine.trial import TrialOutcome

MakePlan = Callable[..., SweepPlan]

GOOD = TrialOutcome.completed()


def indexes(actions: Iterable[Action], kind: type[QueueTrial | StartTrial | StopTrial]) -> list[int]:
    return [action.index for action in actions if isinstance(action, kind)]


def lines(actions: Iterable[Action]) -> list[str]:
    return [f"{action.component}: {action.text}" for action in actions if isinstance(action, WriteLog)]


def started(plan: SweepPlan, nodes: int) -> Sweep:
    sweep = Sweep(plan)
    sweep.start(0.0)
    sweep.offer(nodes, 0.0)
    for trial in sweep.trials:
        if trial.placed:
            sweep.trial_running(trial.index, 0.0)
    return sweep


def test_trials_are_drawn_for_every_free_slot_and_those_without_a_node_wait(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan(maxTotalTrials=10, maxConcurrentTrials=4))
    sweep.start(0.0)
    assert sweep.wants == 4
    actions = sweep.offer(2, 0.0)
    assert (indexes(actions, QueueTrial), indexes(actions, StartTrial)) == ([0, 1, 2, 3], [0, 1])
    assert sweep.wants == 2
    sweep.trial_ended(1, GOOD, 1.0)
    actions = sweep.offer(1, 1.0)
    assert (indexes(actions, QueueTrial), indexes(actions, StartTrial)) == ([4], [2])


def test_trials_can_be_drawn_only_when_a_node_is_free(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan(maxTotalTrials=10, settings=EngineSettings(sample_ahead="nodes")))
    sweep.start(0.0)
    assert sweep.offer(0, 0.0) == []
    actions = sweep.offer(2, 0.0)
    assert indexes(actions, QueueTrial) == indexes(actions, StartTrial) == [0, 1]
    assert sweep.wants == 8


def test_a_trial_keeps_its_parameters_from_queue_to_node(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan(maxTotalTrials=3))
    sweep.start(0.0)
    actions = sweep.offer(3, 0.0)
    queued = {action.index: action.parameters for action in actions if isinstance(action, QueueTrial)}
    assert queued == {action.index: action.parameters for action in actions if isinstance(action, StartTrial)}


def test_the_log_tells_what_recorded_logs_tell(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan({"a": ["choice", [list(range(9))]]}, maxTotalTrials=2, maxConcurrentTrials=1))
    log = lines(sweep.start(0.0) + sweep.offer(1, 0.0))
    assert log == [
        "API: Experiment created",
        "GENERATOR: Trying to sample '1' jobs from the hyperparameter space",
        "GENERATOR: Successfully sampled '1' jobs, they will soon be submitted to the execution target.",
        "SCHEDULER: The execution environment is being prepared. Please be patient as it can take a few minutes.",
        "SCHEDULER: The execution environment was successfully prepared.",
        "SCHEDULER: Scheduling job, id='job_0'",
        "SCHEDULER: Successfully scheduled a job. Id='job_0'",
    ]
    sweep.metric(0, 1.0, 0.0)
    sweep.trial_ended(0, GOOD, 0.0)
    actions = sweep.offer(1, 0.0)
    assert lines(actions)[2:4] == [
        "GENERATOR: Max number of jobs '2' reached for experiment.",
        "GENERATOR: All jobs generated.",
    ]
    assert AllGenerated(2, exhausted=False) in actions
    assert lines(sweep.trial_ended(1, GOOD, 0.0)) == ["CONTROLLER: Changing Run Status from Running to Completed"]


def test_a_policy_stops_a_trial_once_and_says_why(make_plan: MakePlan) -> None:
    policy = {"policyType": "Bandit", "slackAmount": 0.1}
    sweep = started(make_plan(policy=policy, maxTotalTrials=2), 2)
    sweep.metric(0, 0.9, 1.0)
    actions = sweep.metric(1, 0.5, 1.0)
    assert [type(action) for action in actions] == [Record, WriteLog, StopTrial]
    assert actions[2] == StopTrial(1, StopCause.EARLY_TERMINATION)
    assert sweep.metric(1, 0.4, 1.0) == []
    assert sweep.metric(1, 0.95, 1.0) == [NewBest(1, 0.95)]


def test_a_trial_without_the_primary_metric_is_mentioned_once(make_plan: MakePlan) -> None:
    sweep = started(make_plan(policy={"policyType": "MedianStopping"}, maxTotalTrials=2), 2)
    (line,) = lines(sweep.metric_named(0, "loss", 1.0))
    assert line.startswith("ENFORCER: Jobs [job_0] do not contain any metrics with the primary metric name")
    assert sweep.metric_named(0, "f1", 1.0) == sweep.metric_named(1, "accuracy", 1.0) == []
    assert sweep.metric_named(1, "loss", 1.0) == []


def test_a_trial_timeout_counts_from_when_the_trial_runs_and_stops_only_it(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan(maxTotalTrials=2, trialTimeout="PT1M", timeout="PT10M"))
    sweep.start(0.0)
    sweep.offer(2, 0.0)
    assert sweep.next_deadline == 600.0
    sweep.trial_running(0, 10.0)
    sweep.trial_running(1, 30.0)
    assert sweep.next_deadline == 70.0
    assert indexes(sweep.tick(69.9), StopTrial) == []
    assert [action for action in sweep.tick(70.0) if isinstance(action, StopTrial)] == [
        StopTrial(0, StopCause.TRIAL_TIMEOUT)
    ]
    assert sweep.next_deadline == 90.0
    assert sweep.finish is None


def test_canceling_one_trial_leaves_the_others(make_plan: MakePlan) -> None:
    sweep = Sweep(make_plan(maxTotalTrials=5, maxConcurrentTrials=3))
    sweep.start(0.0)
    sweep.offer(1, 0.0)
    assert indexes(sweep.cancel_trial(1, 1.0), StopTrial) == [1]
    assert sweep.cancel_trial(1, 1.0) == []
    sweep.trial_ended(1, TrialOutcome.canceled(), 1.0)
    assert indexes(sweep.offer(2, 1.0), StartTrial) == [2, 3]


def test_a_preempted_trial_is_the_next_to_get_a_node(make_plan: MakePlan) -> None:
    sweep = started(make_plan(maxTotalTrials=4, trialTimeout="PT1M", timeout="PT9M"), 2)
    sweep.trial_requeued(1, 5.0)
    assert sweep.wants == 3
    assert indexes(sweep.offer(2, 5.0), StartTrial) == [1, 2]
    sweep.trial_running(1, 30.0)
    assert sweep.next_deadline == 60.0
    sweep.trial_ended(0, GOOD, 31.0)
    assert sweep.next_deadline == 90.0


def test_a_preempted_trial_that_is_being_stopped_does_not_start_again(make_plan: MakePlan) -> None:
    sweep = started(make_plan(maxTotalTrials=2), 2)
    sweep.cancel_trial(0, 1.0)
    sweep.trial_requeued(0, 2.0)
    assert (sweep.wants, sweep.offer(2, 2.0)) == (0, [])


def test_the_first_reason_to_end_a_sweep_counts(make_plan: MakePlan) -> None:
    sweep = started(make_plan(maxTotalTrials=2, timeout="PT1M"), 2)
    assert indexes(sweep.tick(60.0), StopTrial) == [0, 1]
    assert sweep.cancel(61.0) == []
    sweep.trial_ended(0, TrialOutcome.canceled(), 62.0)
    sweep.trial_ended(1, TrialOutcome.canceled(), 62.0)
    assert sweep.finish is not None
    assert sweep.finish.message is not None
    assert "timeout of 60 s" in sweep.finish.message


@pytest.mark.parametrize(("best_among", "best"), [("all", (1, 0.9)), ("completed", (0, 0.5))])
def test_a_failed_trial_can_be_best_unless_a_setting_says_otherwise(
    make_plan: MakePlan, best_among: Any, best: tuple[int, float]
) -> None:
    plan = make_plan(maxTotalTrials=2, settings=EngineSettings(best_among=best_among))
    sweep = started(plan, 2)
    actions = sweep.metric(0, 0.5, 1.0) + sweep.metric(1, 0.9, 1.0)
    actions += sweep.trial_ended(1, TrialOutcome.exited(1), 2.0) + sweep.trial_ended(0, GOOD, 2.0)
    assert sweep.best == best
    assert [action for action in actions if isinstance(action, NewBest)][-1] == NewBest(*best)


def test_the_best_value_counts_not_the_last_and_nan_never(make_plan: MakePlan) -> None:
    sweep = started(make_plan(goal="minimize", maxTotalTrials=2), 2)
    for value in (0.5, 0.1, float("nan"), float("-inf"), 0.7):
        sweep.metric(0, value, 1.0)
    sweep.metric(1, 0.2, 1.0)
    assert sweep.best == (0, 0.1)


def test_after_the_end_nothing_happens(make_plan: MakePlan) -> None:
    sweep = started(make_plan(maxTotalTrials=1), 1)
    sweep.trial_ended(0, GOOD, 1.0)
    assert sweep.finish is not None
    later = [sweep.offer(3, 2.0), sweep.metric(0, 1.0, 2.0), sweep.trial_ended(0, GOOD, 2.0), sweep.cancel(2.0)]
    later += [sweep.tick(1e12), sweep.cancel_trial(0, 2.0), sweep.trial_running(0, 2.0)]
    assert later == [[]] * 7
    assert (sweep.wants, sweep.next_deadline) == (0, None)


@pytest.mark.parametrize("algorithm", ["Random", {"samplingAlgorithmType": "Random", "rule": "sobol"}, "Grid"])
def test_the_same_trials_come_at_any_concurrency(make_plan: MakePlan, algorithm: Any) -> None:
    space = {"a": ["choice", [list(range(8))]], "b": ["choice", [["x", "y", "z"]]]}
    drawn = []
    for concurrent in (1, 3, 12):
        sweep = Sweep(make_plan(space, algorithm=algorithm, maxTotalTrials=12, maxConcurrentTrials=concurrent))
        sweep.start(0.0)
        while not sweep.finish:
            for index in reversed(indexes(sweep.offer(2, 0.0), StartTrial)):
                sweep.trial_ended(index, GOOD, 0.0)
        drawn.append([trial.parameters for trial in sweep.trials])
    assert drawn[0] == drawn[1] == drawn[2]
    assert len(drawn[0]) == 12
