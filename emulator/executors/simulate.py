"""Runs trials in virtual time, without processes: a trial is a Python function or a recorded curve."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emulator.clock import VirtualClock
from emulator.executors.base import (
    Exit,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialMetric,
    TrialStarted,
    TrialTask,
)
from emulator.executors.curve import CurveOf


class SimulateExecutor:
    """Replays curves on a virtual clock, single-threaded; `step` is what makes time pass.

    Parameters:
        clock: the clock that the sweep lives by.
        curve_of: the curve of a trial, from its index and parameters; see `emulator.executors.curve`.
        metric: name of the primary metric.
    """

    def __init__(self, clock: VirtualClock, curve_of: CurveOf, metric: str) -> None:
        self._clock = clock
        self._metric = metric
        self._curve_of = curve_of
        self._agenda: list[tuple[float, int, SimulatedTrial]] = []
        self._entries = 0

    def start(self, task: TrialTask, on_event: Callable[[TrialEvent], None]) -> SimulatedTrial:
        """Start one trial; see `emulator.executors.base`."""
        now = self._clock.now()
        try:
            curve = self._curve_of(task.index, task.parameters)
        except (LookupError, ValueError, ArithmeticError) as error:
            trial = SimulatedTrial(iter([_Step(now, TrialEnded(Exit(message=str(error))))]), on_event)
        else:
            steps = (
                [_Step(now, TrialStarted())]
                + [_Step(now + at, TrialMetric(self._metric, value, step)) for at, step, value in curve.points]
                + [_Step(now + curve.duration, event) for event in _ending(Exit(code=curve.exit_code))]
            )
            trial = SimulatedTrial(iter(steps), on_event)
        self._schedule(trial)
        return trial

    def close(self) -> None:
        """Nothing is held."""

    @property
    def next_event(self) -> float | None:
        """When the next thing happens (seconds since the epoch); None when no trial is under way."""
        while self._agenda and self._agenda[0][2].next is None:
            heapq.heappop(self._agenda)
        return self._agenda[0][0] if self._agenda else None

    def step(self) -> None:
        """Let the next thing happen, and the clock stand at its moment."""
        moment, _, trial = heapq.heappop(self._agenda)
        if moment > self._clock.now():
            self._clock.advance_to(moment)
        trial.tell()
        self._schedule(trial)

    def _schedule(self, trial: SimulatedTrial) -> None:
        if trial.next:
            self._entries += 1
            heapq.heappush(self._agenda, (trial.next.at, self._entries, trial))


@dataclass(frozen=True, slots=True)
class _Step:
    at: float
    event: TrialEvent


def _ending(how: Exit) -> tuple[TrialEvent, TrialEvent]:
    return TrialFinalizing(how), TrialEnded(how)


class SimulatedTrial:
    """A trial under way in virtual time."""

    def __init__(self, steps: Iterator[_Step], on_event: Callable[[TrialEvent], None]) -> None:
        self._steps = steps
        self._tell = on_event
        self.next = next(steps, None)

    def tell(self) -> None:
        """Let the next step happen."""
        if self.next:
            event, self.next = self.next.event, next(self._steps, None)
            self._tell(event)

    def stop(self, grace: float) -> None:
        """End it now."""
        if self.next:
            self.next = None
            self._tell(TrialEnded(Exit(signal=15)))
