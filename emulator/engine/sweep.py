"""A running sweep as a pure state machine: told what happened, it answers with what to do.

The caller owns the clock, the nodes, the processes and the store. The way of a trial: the sweep draws it
(`QueueTrial`: make it a child job), puts it on a node it was offered (`StartTrial`), is told that it runs, what it
logs and how it ended. What it wants stopped (`StopTrial`) still has to be reported with `trial_ended`. After each
event, offer the free nodes again while `wants` is not 0. After `Finish` nothing follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from contracts.sampling_algorithms import BAYESIAN
from emulator.engine import hyperdrive
from emulator.engine.actions import (
    Action,
    AllGenerated,
    Finish,
    NewBest,
    QueueTrial,
    Record,
    StartTrial,
    StopCause,
    StopTrial,
)
from emulator.engine.deadlines import TrialDeadlines
from emulator.engine.ending import Reason, finish_for, reason_of
from emulator.engine.objective import BestTrial
from emulator.engine.plan import SweepPlan
from emulator.engine.roster import Roster
from emulator.engine.sampling import sampler_of
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.optimiser import missing
from emulator.engine.termination import policy_of
from emulator.engine.trial import RecordedTrial, Trial, TrialOutcome


class Sweep:
    """One sweep job.

    Times are seconds since the epoch and never run backwards. Events about a trial that has ended change nothing, late
    metrics excepted; events after `Finish` are ignored.

    Parameters:
        plan: what to do.
    """

    def __init__(self, plan: SweepPlan) -> None:
        self.plan = plan
        self.finish: Finish | None = None
        self._sampler = sampler_of(plan)
        self._policy = policy_of(plan)
        self._best = BestTrial(plan.objective.goal)
        self._roster = Roster()
        # A finite space may have fewer points than max_total_trials; the sweep is then over earlier (documented for
        # grid).
        self._target = min(plan.max_total_trials, self._sampler.limit or plan.max_total_trials)
        self._metric_names: set[str] = set()
        self._deadline: float | None = None
        self._trial_deadlines = TrialDeadlines(plan.trial_timeout)
        self._ending: Reason | None = None
        self._failure = ""

    @property
    def trials(self) -> Sequence[Trial]:
        """All trials drawn so far, by index."""
        return self._roster.trials

    @property
    def best(self) -> tuple[int, float] | None:
        """Index and value of the best trial; None while no value has been logged."""
        return self._best.found

    @property
    def wants(self) -> int:
        """How many nodes the sweep could use now."""
        return 0 if self._ending or self.finish else self._roster.waiting + max(self._drawable, 0)

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has to be called at the latest; None when nothing will time out."""
        if self.finish:
            return None
        sweep = None if self._ending else self._deadline
        return min((at for at in (sweep, self._trial_deadlines.next) if at is not None), default=None)

    def start(self, now: float) -> list[Action]:
        """The sweep begins."""
        self._deadline = now + self.plan.timeout
        return [hyperdrive.CREATED, *self._notes()]

    def _notes(self) -> list[Action]:
        wanted = self.plan.settings.bayesian_optimiser
        # The setting is of this algorithm alone, whatever else learns.
        remedy = missing(wanted) if self.plan.sampling_kind is BAYESIAN else None
        return [hyperdrive.replaced_optimiser(wanted, remedy)] if remedy else []

    def offer(self, free_nodes: int, now: float) -> list[Action]:
        """So many nodes are free for this sweep: draw what may be drawn, start what waits."""
        actions: list[Action] = []
        if self._ending is None and self.finish is None:
            self._draw(free_nodes, actions)
            for _ in range(min(free_nodes, self._roster.waiting)):
                trial = self._roster.place()
                name = self.plan.trial_name(trial.index)
                start = StartTrial(trial.index, trial.parameters)
                actions += [hyperdrive.scheduling(name), start, hyperdrive.scheduled(name)]
        return actions

    def trial_running(self, index: int, now: float) -> list[Action]:
        """A trial's command runs; its timeout counts from here."""
        trial = self.trials[index]
        if not trial.ended:
            trial.running_since = now
            if trial.stoppable:
                self._trial_deadlines.begin(index, now)
        return []

    def trial_requeued(self, index: int, now: float) -> list[Action]:
        """A trial lost its node (preempted): it waits for another one, to start from its beginning."""
        trial = self.trials[index]
        # The loss of a node may be reported after the trial was put back or has ended; it must not be queued twice.
        if trial.placed and not trial.ended:
            self._roster.displace(trial)
            self._trial_deadlines.forget(index)
        return []

    def metric(self, index: int, value: float, now: float) -> list[Action]:
        """A trial logged the primary metric: its next interval."""
        if self.finish:
            return []
        trial = self.trials[index]
        actions: list[Action] = []
        self._note_name(trial, self.plan.objective.metric)
        self._note_value(trial, value, actions)
        # Also for a trial that is being stopped: the thresholds of the others are made from its values.
        decision = self._policy.observe(index, value)
        if decision is not None and trial.stoppable:
            actions.append(Record(decision))
            if decision.cancel:
                self._stop(trial, StopCause.EARLY_TERMINATION, actions)
        return actions

    def metric_named(self, index: int, name: str, now: float) -> list[Action]:
        """A trial logged a metric of this name; once per trial and name is enough."""
        trial = self.trials[index]
        first = not trial.metric_names and name != self.plan.objective.metric
        self._note_name(trial, name)
        if first and self.plan.early_termination and not self.finish:
            return [hyperdrive.without_metric([self.plan.trial_name(index)])]
        return []

    def trial_ended(self, index: int, outcome: TrialOutcome, now: float) -> list[Action]:
        """A trial ended, by itself or because it was stopped."""
        trial = self.trials[index]
        actions: list[Action] = []
        if not trial.ended:
            self._roster.end(trial, outcome)
            self._note_end(trial, actions)
            self._settle(actions)
        return actions

    def cancel(self, now: float) -> list[Action]:
        """The user canceled the sweep."""
        return self._end(Reason.CANCELED, StopCause.SWEEP_CANCELED)

    def cancel_trial(self, index: int, now: float) -> list[Action]:
        """The user canceled one trial; the sweep goes on."""
        actions: list[Action] = []
        self._stop(self.trials[index], StopCause.TRIAL_CANCELED, actions)
        return actions

    def tick(self, now: float) -> list[Action]:
        """Time has passed: see what has timed out."""
        actions: list[Action] = []
        # Trials first: of two timeouts in one tick, a trial's cause is its own timeout and not that of the sweep.
        for index in self._trial_deadlines.expired(now):
            self._stop(self.trials[index], StopCause.TRIAL_TIMEOUT, actions)
        if self._deadline is not None and now >= self._deadline:
            actions += self._end(Reason.TIMEOUT, StopCause.SWEEP_TIMEOUT)
        return actions

    def replay(self, trials: Iterable[RecordedTrial], *, started: float, now: float) -> list[Action]:
        """Rebuild a new sweep from what was recorded of it, in place of `start`; what follows is what would have been.

        Trials that were being stopped are to be stopped again. Say `cancel` again if the sweep was being canceled.

        Parameters:
            trials: all that were drawn, by index.
            started: when the sweep began.
            now: the time.
        """
        self._deadline = started + self.plan.timeout
        actions: list[Action] = []
        for recorded in trials:
            trial = recorded.restored()
            self._roster.restore(trial)
            for name in recorded.metric_names:
                self._note_name(trial, name)
            for value in recorded.values:
                # What followed from these values was done before: only the state is rebuilt.
                self._note_value(trial, value, [])
                self._policy.observe(trial.index, value)
            if trial.ended:
                self._note_end(trial, [])
            # The emulator may have ended between the decision and the signal; to stop a trial once more does no harm.
            elif trial.stop_cause:
                actions.append(StopTrial(trial.index, trial.stop_cause))
            elif trial.running_since is not None:
                self._trial_deadlines.begin(trial.index, trial.running_since)
        self._settle(actions)
        return actions

    @property
    def all_drawn(self) -> bool:
        """Whether no further trial will be drawn."""
        return len(self._roster) >= self._target

    @property
    def _drawable(self) -> int:
        """How many trials may be drawn now."""
        return min(self.plan.max_concurrent_trials - self._roster.active, self._target - len(self._roster))

    def _draw(self, free_nodes: int, actions: list[Action]) -> None:
        count = self._drawable
        if self.plan.settings.sample_ahead == "nodes":
            count = min(count, free_nodes - self._roster.waiting)
        if count <= 0:
            return
        before = len(self._roster)
        history = [Observation(t.parameters, t.best, t.ended) for t in self.trials] if self._sampler.learns else []
        actions.append(hyperdrive.sampling(count))
        for index in range(before, before + count):
            try:
                point = self._sampler.suggest(index, history)
            except Exception as error:  # noqa: BLE001 - of a library; it must not stop the other sweeps
                self._failure = f"{type(error).__name__}: {error}"
                actions += self._end(Reason.SAMPLING_FAILED, StopCause.SWEEP_FAILED)
                return
            trial = self._roster.draw(point)
            # It counts as running for the rest of this batch, or a sampler that learns would propose it again.
            history.append(Observation(trial.parameters))
            actions.append(QueueTrial(index, trial.parameters))
        actions.append(hyperdrive.sampled(count))
        if before == 0:
            actions += [hyperdrive.PREPARING, hyperdrive.PREPARED]
        if before + count == self._target:
            if self._target == self.plan.max_total_trials:
                actions.append(hyperdrive.maximum_reached(self._target))
            actions += [
                hyperdrive.ALL_GENERATED,
                AllGenerated(self._target, exhausted=self._target == self._sampler.limit),
            ]

    def _note_name(self, trial: Trial, name: str) -> None:
        trial.metric_names.add(name)
        self._metric_names.add(name)

    def _note_value(self, trial: Trial, value: float, actions: list[Action]) -> None:
        if math.isfinite(value) and (trial.best is None or self.plan.objective.goal.better(value, trial.best)):
            trial.best = value
            if self.plan.settings.best_among == "all" or trial.completed:
                self._offer_best(trial, actions)

    def _note_end(self, trial: Trial, actions: list[Action]) -> None:
        self._policy.ended(trial.index)
        self._trial_deadlines.forget(trial.index)
        if self.plan.settings.best_among == "completed" and trial.completed:
            self._offer_best(trial, actions)

    def _offer_best(self, trial: Trial, actions: list[Action]) -> None:
        if trial.best is not None and self._best.offer(trial.index, trial.best):
            actions.append(NewBest(trial.index, trial.best))

    def _stop(self, trial: Trial, cause: StopCause, actions: list[Action]) -> None:
        if trial.stoppable:
            # A trial that waits must not get a node between this decision and the report of its end.
            self._roster.withdraw(trial)
            self._trial_deadlines.forget(trial.index)
            trial.stop_cause = cause
            actions += [hyperdrive.stopping(self.plan.trial_name(trial.index), cause), StopTrial(trial.index, cause)]

    def _end(self, reason: Reason, cause: StopCause) -> list[Action]:
        """Draw no more, stop what has not ended; the first reason to do so counts."""
        actions: list[Action] = []
        if self._ending is None and self.finish is None:
            self._ending = reason
            for trial in self.trials:
                self._stop(trial, cause, actions)
            self._settle(actions)
        return actions

    def _settle(self, actions: list[Action]) -> None:
        """Finish when it is time to."""
        plan, roster = self.plan, self._roster
        # The service's message speaks of initial child jobs: one batch at most, however large the setting is
        # (inferred).
        first = min(plan.settings.initial_failures, plan.max_concurrent_trials, self._target)
        if self._ending is None and first and (failures := roster.initial_failures(first)):
            by_system = all(outcome.system for outcome in failures)
            reason = Reason.SYSTEM_ERRORS if by_system else Reason.INITIAL_FAILURES
            actions += self._end(reason, StopCause.SWEEP_FAILED)
        elif not self.finish and not roster.active and (self._ending or len(roster) == self._target):
            logged = any(trial.best is not None for trial in roster.trials)
            # What ended the sweep wins over how its trials did: a canceled sweep whose last trials completed is
            # Canceled.
            reason = self._ending or reason_of(roster.outcomes, metric_logged=logged)
            self.finish = finish_for(
                reason, plan, trials=len(roster), metric_names=self._metric_names, failure=self._failure
            )
            actions += [hyperdrive.finished(self.finish.status), self.finish]
