"""Trials in virtual time."""

from __future__ import annotations

from collections.abc import Callable

from emulator.clock import VirtualClock
from emulator.executors.base import (
    Attempt,
    Exit,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialMetric,
    TrialStarted,
)
from emulator.simulation.curve import Curve, CurveOf, evenly, from_objective, from_table
from emulator.simulation.executor import SimulatedExecutor


def attempt(index: int, **parameters: float) -> Attempt:
    return Attempt(f"{index}/1", index, parameters, metric="loss")


def play(executor: SimulatedExecutor) -> None:
    while executor.next_event is not None:
        executor.step()


def simulating(clock: VirtualClock, curve_of: CurveOf) -> SimulatedExecutor:
    return SimulatedExecutor(clock, lambda attempt: curve_of(attempt.index, attempt.parameters))


class Diary:
    """What trials told, with the time."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.entries: list[tuple[float, int, TrialEvent]] = []

    def of(self, index: int) -> Callable[[TrialEvent], None]:
        return lambda event: self.entries.append((self.clock.now(), index, event))


def test_a_curve_is_told_at_its_times() -> None:
    clock = VirtualClock(100.0)
    executor, diary = simulating(clock, from_table([evenly([3.0, 2.0], duration=10)])), Diary(clock)
    executor.start(attempt(0), diary.of(0))
    play(executor)
    assert diary.entries == [
        (100.0, 0, TrialStarted()),
        (105.0, 0, TrialMetric("loss", 3.0, 0)),
        (110.0, 0, TrialMetric("loss", 2.0, 1)),
        (110.0, 0, TrialFinalizing(Exit(code=0))),
        (110.0, 0, TrialEnded(Exit(code=0))),
    ]


def test_trials_side_by_side_are_told_in_the_order_of_time() -> None:
    clock = VirtualClock()
    table = [Curve([(3.0, 0, 1.0)], 3.0), Curve([(1.0, 0, 1.0), (2.0, 1, 1.0)], 2.5)]
    executor, diary = simulating(clock, from_table(table)), Diary(clock)
    for index in range(2):
        executor.start(attempt(index), diary.of(index))
    play(executor)
    times = [moment for moment, _, _ in diary.entries]
    assert times == sorted(times)
    ends = [(moment, index) for moment, index, event in diary.entries if isinstance(event, TrialEnded)]
    assert ends == [(2.5, 1), (3.0, 0)]


def test_a_stopped_trial_ends_at_once_and_says_nothing_more() -> None:
    clock = VirtualClock()
    executor, diary = simulating(clock, from_table([evenly([1.0] * 5)])), Diary(clock)
    handle = executor.start(attempt(0), diary.of(0))
    executor.step()
    executor.step()
    handle.stop(grace=60)
    handle.stop(grace=60)
    play(executor)
    assert diary.entries[-1] == (1.0, 0, TrialEnded(Exit(signal=15)))
    assert len(diary.entries) == 3


def test_an_objective_that_raises_fails_its_trial() -> None:
    clock = VirtualClock()
    executor, diary = simulating(clock, from_objective(lambda x: 1 / x)), Diary(clock)
    executor.start(attempt(0, x=0), diary.of(0))
    play(executor)
    assert diary.entries == [(0.0, 0, TrialEnded(Exit(message="division by zero")))]
