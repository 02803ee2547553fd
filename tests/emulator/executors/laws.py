"""The laws of `emulator.executors.base`, which every executor passes.

A suite subclasses `ExecutorLaws` and says how its executor is made, how its attempts are written, and how time passes.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

import pytest

from emulator.executors.base import (
    Attempt,
    Executor,
    Exit,
    NodeTaken,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialMetric,
    TrialStarted,
    TrialWaiting,
)

PATIENCE = 30.0  # seconds that a test waits for an event before it fails


class Subject(ABC):
    """One kind of executor under test."""

    executor: Executor

    @abstractmethod
    def ends_with(self, code: int) -> Attempt:
        """An attempt that ends by itself with this exit code."""

    @abstractmethod
    def hangs(self) -> Attempt:
        """An attempt that never ends by itself."""

    @abstractmethod
    def cannot_start(self) -> Attempt:
        """An attempt that is refused."""

    @abstractmethod
    def run(self, until: Callable[[], bool]) -> None:
        """Let things happen until something is true; fails when it never comes true."""

    @abstractmethod
    def restart(self) -> Executor:
        """The executor of another process of the emulator, over the same state; the first one is gone as if killed."""

    def alive(self) -> int:
        """How many processes of attempts there are."""
        return 0


class Told:
    """What one attempt tells."""

    def __init__(self) -> None:
        self.events: list[TrialEvent] = []
        self.changed = threading.Condition()

    def __call__(self, event: TrialEvent) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    @property
    def started(self) -> bool:
        return any(isinstance(event, TrialStarted) for event in self.events)

    @property
    def record(self) -> str | None:
        return next((event.record for event in self.events if isinstance(event, TrialStarted)), None)

    @property
    def ended(self) -> bool:
        return any(isinstance(event, TrialEnded) for event in self.events)

    def is_lawful(self) -> bool:
        """Whether the order is that of the law, for an attempt that has ended."""
        order = [_PLACE[type(event)] for event in self.events]
        once = [order.count(place) for place in (0, 2, 3)]
        return order == sorted(order) and once[0] <= 1 and once[1] <= 1 and once[2] == 1


_PLACE = {TrialWaiting: -1, TrialStarted: 0, TrialMetric: 1, NodeTaken: 1, TrialFinalizing: 2, TrialEnded: 3}


class ExecutorLaws:
    """Subclass it with a fixture `subject`."""

    @pytest.fixture
    def subject(self) -> Iterator[Subject]:
        raise NotImplementedError

    @pytest.mark.parametrize("code", [0, 3])
    def test_an_attempt_that_ends_by_itself_tells_start_finalizing_and_end(self, subject: Subject, code: int) -> None:
        told = Told()
        subject.executor.start(subject.ends_with(code), told)
        subject.run(lambda: told.ended)
        assert told.started
        assert told.is_lawful()
        assert told.events[-2:] == [TrialFinalizing(Exit(code=code)), TrialEnded(Exit(code=code))]

    def test_start_returns_before_the_attempt_has_ended(self, subject: Subject) -> None:
        told = Told()
        handle = subject.executor.start(subject.hangs(), told)
        assert not told.ended
        handle.stop(0.1)
        subject.run(lambda: told.ended)

    def test_a_refused_attempt_ends_with_the_reason_and_never_starts(self, subject: Subject) -> None:
        told = Told()
        subject.executor.start(subject.cannot_start(), told)
        subject.run(lambda: told.ended)
        assert not told.started
        assert told.is_lawful()
        [last] = told.events
        assert isinstance(last, TrialEnded)
        assert last.exit.message

    def test_a_stopped_attempt_ends_once_and_leaves_no_process(self, subject: Subject) -> None:
        told = Told()
        handle = subject.executor.start(subject.hangs(), told)
        subject.run(lambda: told.started)
        for _ in range(3):
            handle.stop(0.1)
        subject.run(lambda: told.ended)
        assert told.is_lawful()
        assert not told.events[-1].exit.ok  # type: ignore[union-attr]
        assert subject.alive() == 0

    def test_stop_before_the_start_and_after_the_end_is_harmless(self, subject: Subject) -> None:
        early, late = Told(), Told()
        subject.executor.start(subject.hangs(), early).stop(0.1)
        subject.run(lambda: early.ended)
        handle = subject.executor.start(subject.ends_with(0), late)
        subject.run(lambda: late.ended)
        before = list(late.events)
        handle.stop(0.1)
        assert late.events == before
        assert early.is_lawful()
        assert late.is_lawful()

    def test_attempts_run_side_by_side_and_each_tells_its_own_end(self, subject: Subject) -> None:
        told = {code: Told() for code in (0, 1, 2)}
        for code, listener in told.items():
            subject.executor.start(subject.ends_with(code), listener)
        subject.run(lambda: all(one.ended for one in told.values()))
        assert [one.events[-1] for one in told.values()] == [TrialEnded(Exit(code=code)) for code in told]

    def test_reap_leaves_nothing_of_an_earlier_process(self, subject: Subject) -> None:
        told = Told()
        subject.executor.start(subject.hangs(), told)
        subject.run(lambda: told.started)
        subject.restart().reap([])
        assert subject.alive() == 0

    def test_discard_ends_one_attempt_of_an_earlier_process(self, subject: Subject) -> None:
        told, attempt = Told(), subject.hangs()
        subject.executor.start(attempt, told)
        subject.run(lambda: told.started)
        again = subject.restart()
        again.discard(attempt.id, told.record)
        assert subject.alive() == 0
        assert not again.survives(attempt.id, told.record)

    def test_an_attempt_that_was_never_started_does_not_survive(self, subject: Subject) -> None:
        assert not subject.restart().survives(subject.hangs().id, None)

    def test_a_stopped_attempt_does_not_survive(self, subject: Subject) -> None:
        told, attempt = Told(), subject.hangs()
        handle = subject.executor.start(attempt, told)
        subject.run(lambda: told.started)
        handle.stop(0.1)
        subject.run(lambda: told.ended)
        assert not subject.restart().survives(attempt.id, told.record)


class SurvivorLaws(ExecutorLaws):
    """Further laws for executors whose attempts survive the process of the emulator."""

    def test_an_attempt_that_runs_is_adopted_and_can_be_stopped(self, subject: Subject) -> None:
        before, after, attempt = Told(), Told(), subject.hangs()
        subject.executor.start(attempt, before)
        subject.run(lambda: before.started)
        again = subject.restart()
        assert again.survives(attempt.id, before.record)
        again.reap([attempt.id])
        handle = again.adopt(attempt, before.record, after)
        subject.run(lambda: after.started)
        subject.run(lambda: subject.alive() > 0)
        handle.stop(0.1)
        subject.run(lambda: after.ended)
        assert after.is_lawful()
        assert subject.alive() == 0

    @pytest.mark.parametrize("code", [0, 3])
    def test_an_attempt_that_ended_meanwhile_tells_its_end(self, subject: Subject, code: int) -> None:
        before, after, attempt = Told(), Told(), subject.ends_with(code)
        subject.executor.start(attempt, before)
        subject.run(lambda: before.ended)
        again = subject.restart()
        assert again.survives(attempt.id, before.record)
        again.adopt(attempt, before.record, after)
        subject.run(lambda: after.ended)
        assert after.is_lawful()
        assert after.events[-2:] == [TrialFinalizing(Exit(code=code)), TrialEnded(Exit(code=code))]

    def test_an_attempt_says_where_it_runs_also_when_it_was_adopted(self, subject: Subject) -> None:
        before, after, attempt = Told(), Told(), subject.hangs()
        subject.executor.start(attempt, before)
        subject.run(lambda: before.started)
        again = subject.restart()
        again.reap([attempt.id])
        handle = again.adopt(attempt, before.record, after)
        subject.run(lambda: after.started)
        places = [(one.worker, one.host) for one in (*before.events, *after.events) if isinstance(one, TrialStarted)]
        assert all(places[0])
        assert places == [places[0]] * 2
        handle.stop(0.1)
        subject.run(lambda: after.ended)

    def test_what_was_forgotten_does_not_survive(self, subject: Subject) -> None:
        told, attempt = Told(), subject.ends_with(0)
        handle = subject.executor.start(attempt, told)
        subject.run(lambda: told.ended)
        handle.forget()
        assert not subject.restart().survives(attempt.id, told.record)
