"""Whatever happens to a sweep, in whatever order: no illegal move, no lost trial, no forgotten process.

The store, the loop and the runs are the real ones, in one thread and in virtual time. Trials are puppets: what they do,
and when, is drawn at random, as are cancels, preemptions, the passing of time, orderly stops and crashes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.arm.jobs import SweepJob
from contracts.lifecycle import ENDED, JobStatus, can_move
from contracts.resource_id import WorkspaceId
from emulator.clock import VirtualClock
from emulator.engine.settings import EngineSettings, StateDurations
from emulator.executors.base import (
    Attempt,
    Exit,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialMetric,
    TrialStarted,
)
from emulator.runner import recovery
from emulator.runner.computes import Computes
from emulator.runner.loop import Loop
from emulator.runner.run_context import RunContext
from emulator.runner.start_job import start_job
from emulator.runner.unit_of_work import UnitOfWork
from emulator.simulation.job_runner import SimulatedAttempts
from emulator.storage import Database, events, jobs
from emulator.storage.jobs import JobId, NewJob
from emulator.trials.resolved_job import ResolvedJob

WORKSPACE = WorkspaceId("sub", "group", "space")
POLICIES = [None, {"policyType": "Bandit", "slackAmount": 0.1}, {"policyType": "MedianStopping"}]
PLACES = st.integers(0, 5)
DAY = 86_400.0
RARE = st.sampled_from([True, False, False, False])
BUSY = (JobStatus.RUNNING, JobStatus.NOT_RESPONDING)


class Puppet:
    """A trial that does only what the test says."""

    def __init__(self, attempt: Attempt, tell: Callable[[TrialEvent], None]) -> None:
        self.index, self.tell = attempt.index, tell
        self.started, self.alive = False, True
        self.ending: Exit | None = None

    def stop(self, grace: float) -> None:
        """It hears of it; when it ends is drawn."""

    def forget(self) -> None: ...

    def start(self) -> None:
        if not self.started and self.ending is None:
            self.started = True
            self.tell(TrialStarted())

    def finalize(self, how: Exit) -> None:
        if self.ending is None:
            self.ending = how
            self.tell(TrialFinalizing(how))

    def end(self, how: Exit) -> None:
        self.finalize(how)
        self.alive = False
        self.tell(TrialEnded(self.ending or how))


class Puppets:
    """The executor."""

    def __init__(self) -> None:
        self.all: list[Puppet] = []

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> Puppet:
        self.all.append(Puppet(attempt, on_event))
        return self.all[-1]

    def survives(self, attempt: str, record: str | None) -> bool:
        return False

    def adopt(self, attempt: Attempt, record: str | None, on_event: Callable[[TrialEvent], None]) -> Puppet:
        raise NotImplementedError

    def discard(self, attempt: str, record: str | None) -> None: ...

    def reap(self, kept: Collection[str]) -> None: ...

    def close(self) -> None: ...

    @property
    def alive(self) -> list[Puppet]:
        return [puppet for puppet in self.all if puppet.alive]


class Complaints(logging.Handler):
    """Keeps what the runtime could not deal with."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


class SweepLife(RuleBasedStateMachine):
    """One sweep in one emulator, which may stop and start again."""

    @initialize(
        total=st.integers(1, 6),
        concurrent=st.integers(1, 4),
        nodes=st.integers(1, 3),
        policy=st.sampled_from(POLICIES),
        timeouts=st.fixed_dictionaries({}, optional={"timeout": st.just("PT100S"), "trialTimeout": st.just("PT20S")}),
        heartbeat=st.sampled_from([0.0, 5.0]),
        queued=st.sampled_from([0.0, 3.0]),
    )
    def begin(
        self,
        total: int,
        concurrent: int,
        nodes: int,
        policy: Mapping[str, Any] | None,
        timeouts: Mapping[str, str],
        heartbeat: float,
        queued: float,
    ) -> None:
        self.complaints = Complaints()
        logging.getLogger("emulator.runner").addHandler(self.complaints)
        self.clock, self.store, self.nodes = VirtualClock(1.0), Database.in_memory(), nodes
        self.choices = EngineSettings(heartbeat_timeout=heartbeat, durations=StateDurations(queued=queued))
        body = {
            "searchSpace": {"lr": ["uniform", [0, 1]]},
            "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 1},
            "objective": {"goal": "Minimize", "primaryMetric": "loss"},
            "trial": {"command": "unused", "environmentId": "unused"},
            "limits": {"maxTotalTrials": total, "maxConcurrentTrials": concurrent, **timeouts},
            "earlyTermination": policy,
        }
        SweepJob.model_validate(body)
        new = NewJob(WORKSPACE, "s", "Sweep", "e", body, created=1.0, created_by="me", seed=1)

        def put(conn: Any) -> JobId:
            job = jobs.create(conn, new)
            events.move(conn, job, JobStatus.RUNNING, 1.0)
            return job

        self.sweep = self.store.write(put).result()
        self.power_on()

    def power_on(self) -> None:
        """A new process over the same store: what a job runner does when it starts."""
        self.puppets = Puppets()
        unit_of_work = UnitOfWork(self.store, lambda sweep, lines: None)
        self.loop = Loop(self.clock, unit_of_work, Computes(lambda workspace, compute: self.nodes))
        self.context = RunContext(
            clock=self.clock,
            unit_of_work=unit_of_work,
            scheduler=self.loop,
            attempts=SimulatedAttempts(),
            executor=self.puppets,
            settings=self.choices,
            grace=1.0,
        )
        now, conn = self.clock.now(), self.store.reader()
        recovery.settle(self.store, self.context.attempts, frozenset(), now)
        job = jobs.get(conn, self.sweep)
        if job.status not in ENDED:
            resolved = ResolvedJob(job, settings=self.choices)
            self.loop.add(start_job(self.context, conn, job, resolved, now))
        self.loop.turn()

    def puppet(self, place: int) -> Puppet | None:
        alive = self.puppets.alive
        return alive[place % len(alive)] if alive else None

    @rule(turn=st.booleans())
    def trials_start(self, turn: bool) -> None:
        for puppet in self.puppets.alive:
            puppet.start()
        self.turn(turn)

    @rule(place=PLACES, name=st.sampled_from(["loss", "acc"]), value=st.floats(0, 1), turn=st.booleans())
    def a_trial_logs(self, place: int, name: str, value: float, turn: bool) -> None:
        puppet = self.puppet(place)
        if puppet and puppet.started and puppet.ending is None:
            puppet.tell(TrialMetric(name, value, 0))
        self.turn(turn)

    @rule(place=PLACES, code=st.sampled_from([0, 0, 1]), turn=st.booleans())
    def a_trial_collects_its_outputs(self, place: int, code: int, turn: bool) -> None:
        puppet = self.puppet(place)
        if puppet and puppet.started:
            puppet.finalize(Exit(code=code))
        self.turn(turn)

    @rule(place=PLACES, code=st.sampled_from([0, 0, 1, -15]), turn=st.booleans())
    def a_trial_ends(self, place: int, code: int, turn: bool) -> None:
        if puppet := self.puppet(place):
            puppet.end(Exit(code=code) if code >= 0 else Exit(signal=-code))
        self.turn(turn)

    @rule(seconds=st.sampled_from([0.5, 1.0, 6.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.loop.turn()

    @rule(place=PLACES, rare=RARE, turn=st.booleans())
    def a_trial_is_canceled(self, place: int, rare: bool, turn: bool) -> None:
        children = self.children()
        if children and rare:
            self.cancel(children[place % len(children)].id)
        self.turn(turn)

    @rule(rare=RARE, turn=st.booleans())
    def the_sweep_is_canceled(self, rare: bool, turn: bool) -> None:
        if rare:
            self.cancel(self.sweep)
        self.turn(turn)

    def cancel(self, job: JobId) -> None:
        """As the control plane does: stored first, then told."""
        now = self.clock.now()
        if can_move(jobs.get(self.store.reader(), job).status, JobStatus.CANCEL_REQUESTED):
            self.store.write(lambda conn: events.move(conn, job, JobStatus.CANCEL_REQUESTED, now)).result()
            if run := self.loop.runs.get(job):
                self.loop.soon(lambda: run.cancel(now))
            elif trial := self.loop.trials.get(job):
                self.loop.soon(lambda: trial.owner.cancel_trial(trial, now))

    @rule(place=PLACES, turn=st.booleans())
    def a_node_is_preempted(self, place: int, turn: bool) -> None:
        trials = [trial for trial in self.loop.trials.values() if trial.status in BUSY]
        if trials:
            self.loop.soon(trials[place % len(trials)].preempt)
        self.turn(turn)

    @rule(rare=RARE)
    def the_emulator_crashes(self, rare: bool) -> None:
        if rare:
            self.power_on()

    @rule(rare=RARE)
    def the_emulator_stops_in_good_order(self, rare: bool) -> None:
        if not rare:
            return
        self.loop.soon(self.loop.halt)
        self.loop.turn()
        for puppet in self.puppets.alive:
            puppet.end(Exit(signal=15))
        self.loop.turn()
        assert not self.loop.goes_on
        self.power_on()

    def turn(self, wanted: bool) -> None:
        """Let the loop hear of it now, or only when more has happened (or never, when a crash comes first)."""
        if wanted:
            self.loop.turn()

    def children(self) -> list[jobs.Job]:
        return jobs.children(self.store.reader(), self.sweep)

    @invariant()
    def nothing_went_wrong_unseen(self) -> None:
        assert self.complaints.heard == []

    @invariant()
    def every_move_is_legal(self) -> None:
        for job in [self.sweep, *(child.id for child in self.children())]:
            history = events.history(self.store.reader(), job)
            assert history[0].status is JobStatus.NOT_STARTED
            for before, after in pairwise(history):
                assert can_move(before.status, after.status)
                assert before.attempt <= after.attempt
                assert before.at <= after.at

    @invariant()
    def no_trial_is_lost(self) -> None:
        assert [child.trial for child in self.children()] == list(range(len(self.children())))

    @invariant()
    def no_process_is_forgotten(self) -> None:
        alive = [puppet.index for puppet in self.puppets.alive]
        assert len(alive) == len(set(alive)) <= self.nodes
        statuses = {child.trial: child.status for child in self.children()}
        assert not [index for index in alive if statuses[index] in ENDED]
        if jobs.get(self.store.reader(), self.sweep).status in ENDED:
            assert not alive
            assert all(status in ENDED for status in statuses.values())

    def teardown(self) -> None:
        """Let everything end; then it has ended."""
        if not hasattr(self, "complaints"):
            return
        try:
            for _ in range(200):
                for puppet in self.puppets.alive:
                    puppet.start()
                    puppet.end(Exit(code=0))
                self.loop.turn()
                if not self.puppets.alive and (deadline := self.loop.next_deadline) and self.loop.runs:
                    self.clock.advance_to(max(deadline, self.clock.now()))
                    self.loop.turn()
            assert jobs.get(self.store.reader(), self.sweep).status in ENDED
            assert self.clock.now() < DAY, "only its timeout ended a sweep that had come to a standstill"
            self.nothing_went_wrong_unseen()
            self.every_move_is_legal()
            self.no_process_is_forgotten()
        finally:
            logging.getLogger("emulator.runner").removeHandler(self.complaints)
            self.store.close()


TestSweepLife = SweepLife.TestCase
TestSweepLife.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
