"""Random events against a sweep: whatever happens, in whatever order, with restarts in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts.arm.jobs import SweepJob
from emulator.engine.actions import Action, Finish, NewBest, QueueTrial, StartTrial, StopTrial
from emulator.engine.plan import SweepPlan, plan_of
from emulator.engine.sweep import Sweep
from emulator.engine.trial import RecordedTrial, TrialOutcome

POLICIES: list[dict[str, Any] | None] = [
    None,
    {"policyType": "Bandit", "slackFactor": 0.2},
    {"policyType": "MedianStopping", "delayEvaluation": 2},
    {"policyType": "TruncationSelection", "truncationPercentage": 40},
]
OUTCOMES = [TrialOutcome.completed(), TrialOutcome.exited(1), TrialOutcome.exited(-9), TrialOutcome.canceled()]


def plan(policy: dict[str, Any] | None, total: int, concurrent: int, algorithm: str) -> SweepPlan:
    body = {
        "searchSpace": {"a": ["choice", [[1, 2, 3]]], "b": ["choice", [["x", "y", "z"]]]},
        "samplingAlgorithm": {"samplingAlgorithmType": algorithm},
        "objective": {"goal": "Maximize", "primaryMetric": "accuracy"},
        "trial": {"command": "true", "environmentId": "env"},
        "limits": {
            "maxTotalTrials": total,
            "maxConcurrentTrials": concurrent,
            "timeout": "PT10M",
            "trialTimeout": "PT2M",
        },
        "earlyTermination": policy,
    }
    return plan_of(SweepJob.model_validate(body), name="job", default_seed=3)


class SweepMachine(RuleBasedStateMachine):
    """In the place of the job runner, with its own record of each trial, and who waits, runs or is being stopped."""

    @initialize(
        policy=st.sampled_from(POLICIES),
        total=st.integers(1, 12),
        concurrent=st.integers(1, 5),
        algorithm=st.sampled_from(["Random", "Grid", "Bayesian"]),
    )
    def begin(self, policy: dict[str, Any] | None, total: int, concurrent: int, algorithm: str) -> None:
        self.plan = plan(policy, total, concurrent, algorithm)
        self.records: list[RecordedTrial] = []
        self.on_node: set[int] = set()
        self.now = 0.0
        self.canceled = False
        self.finish: Finish | None = None
        self.best: tuple[int, float] | None = None
        self.sweep = Sweep(self.plan)
        self.obey(self.sweep.start(self.now))

    def record(self, index: int, **changes: Any) -> None:
        self.records[index] = replace(self.records[index], **changes)

    def live(self) -> list[int]:
        return [trial.index for trial in self.records if trial.outcome is None]

    def obey(self, actions: Iterable[Action]) -> None:
        for action in actions:
            assert self.finish is None, f"{action} after {self.finish}"
            match action:
                case QueueTrial(index, parameters):
                    assert index == len(self.records)
                    assert parameters not in [trial.parameters for trial in self.records]
                    self.records.append(RecordedTrial(index, parameters))
                case StartTrial(index, parameters):
                    trial = self.records[index]
                    assert (trial.parameters, trial.outcome, trial.stop_cause) == (parameters, None, None)
                    assert index not in self.on_node
                    self.on_node.add(index)
                case StopTrial(index, cause):
                    assert self.records[index].outcome is None
                    assert self.records[index].stop_cause is None
                    self.record(index, stop_cause=cause)
                case NewBest(index, value):
                    assert self.best is None or value >= self.best[1]
                    self.best = (index, value)
                case Finish():
                    assert not self.live()
                    self.finish = action

    @rule(nodes=st.integers(0, 6))
    def offer(self, nodes: int) -> None:
        wanted, before = self.sweep.wants, len(self.on_node)
        self.obey(self.sweep.offer(nodes, self.now))
        assert len(self.on_node) - before == min(nodes, wanted)

    @precondition(lambda self: self.on_node)
    @rule(data=st.data())
    def run(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(sorted(self.on_node)))
        self.record(index, running_since=self.now)
        self.obey(self.sweep.trial_running(index, self.now))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), value=st.integers(-5, 5).map(float) | st.just(float("nan")))
    def log(self, data: st.DataObject, value: float) -> None:
        index = data.draw(st.sampled_from(range(len(self.records))))
        if self.finish is None:
            self.record(index, values=[*self.records[index].values, value])
        self.obey(self.sweep.metric(index, value, self.now))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def end(self, data: st.DataObject, outcome: TrialOutcome) -> None:
        self.end_trial(data.draw(st.sampled_from(range(len(self.records)))), outcome)

    def end_trial(self, index: int, outcome: TrialOutcome) -> None:
        if self.records[index].outcome is None:
            self.record(index, outcome=outcome)
        self.on_node.discard(index)
        self.obey(self.sweep.trial_ended(index, outcome, self.now))

    @precondition(lambda self: self.on_node)
    @rule(data=st.data())
    def preempt(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(sorted(self.on_node)))
        self.record(index, running_since=None)
        self.on_node.discard(index)
        self.obey(self.sweep.trial_requeued(index, self.now))

    @rule(seconds=st.integers(0, 200))
    def wait(self, seconds: int) -> None:
        self.now += seconds
        due = self.sweep.next_deadline
        all_stopping = all(self.records[index].stop_cause for index in self.live())
        actions = self.sweep.tick(self.now)
        acted = any(isinstance(action, StopTrial | Finish) for action in actions)
        assert due is None or due > self.now or acted or all_stopping
        self.obey(actions)
        assert self.sweep.next_deadline is None or self.sweep.next_deadline > self.now

    @precondition(lambda self: self.records)
    @rule(data=st.data())
    def cancel_trial(self, data: st.DataObject) -> None:
        self.obey(self.sweep.cancel_trial(data.draw(st.sampled_from(range(len(self.records)))), self.now))

    @rule()
    def cancel(self) -> None:
        self.canceled = self.canceled or self.finish is None
        self.obey(self.sweep.cancel(self.now))

    @precondition(lambda self: self.finish is None and not self.canceled)
    @rule()
    def restart(self) -> None:
        """The emulator is killed and starts again: the trials that ran have lost their processes."""
        for index in self.live():
            if self.records[index].stop_cause is None:
                self.record(index, running_since=None)
        stopping = {index: self.records[index].stop_cause for index in self.live()}
        self.on_node.clear()
        best, self.sweep = self.sweep.best, Sweep(self.plan)
        actions = self.sweep.replay(self.records, started=0.0, now=self.now)
        again = {action.index: action.cause for action in actions if isinstance(action, StopTrial)}
        assert again.items() >= {index: cause for index, cause in stopping.items() if cause}.items()
        self.obey(action for action in actions if not (isinstance(action, StopTrial) and stopping[action.index]))
        assert self.sweep.best == best

    @invariant()
    def limits_hold(self) -> None:
        if hasattr(self, "sweep"):
            assert len(self.live()) <= self.plan.max_concurrent_trials
            assert len(self.records) <= self.plan.max_total_trials
            assert self.sweep.wants >= 0
            assert self.sweep.best == self.best

    @invariant()
    def no_trial_is_lost(self) -> None:
        if hasattr(self, "sweep"):
            assert [trial.parameters for trial in self.sweep.trials] == [trial.parameters for trial in self.records]
            assert [trial.outcome for trial in self.sweep.trials] == [trial.outcome for trial in self.records]

    def teardown(self) -> None:
        """Left alone, every sweep comes to its end."""
        if not hasattr(self, "sweep"):
            return
        for _ in range(100):
            if self.finish:
                break
            self.offer(2)
            for index in self.live():
                if index in self.on_node or self.records[index].stop_cause:
                    self.end_trial(index, OUTCOMES[0])
        assert self.finish is not None
        assert self.finish == self.sweep.finish


TestSweepMachine = pytest.mark.filterwarnings("error")(SweepMachine.TestCase)
TestSweepMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
