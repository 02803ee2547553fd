"""Runs trials in virtual time, without processes: a trial is a Python function or a recorded curve."""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from emulator.clock import VirtualClock
from emulator.executors.base import (
    Attempt,
    Exit,
    NodeTaken,
    Placement,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialMetric,
    TrialStarted,
)
from emulator.simulation.curve import Curve

#: The cause that is told of a trial whose node failed.
NODE_LOST = "Its node was lost."

#: Finds the curve of a trial or command job; what it raises fails the trial.
CurveFor: TypeAlias = Callable[[Attempt], Curve]


class SimulatedExecutor:
    """Replays curves on a virtual clock, single-threaded; `step` is what makes time pass.

    Parameters:
        clock: the clock of the sweep.
        curve_for: the curve of a trial; see `emulator.simulation.curve`. One that lasts for ever (`math.inf`) hangs.
    """

    def __init__(self, clock: VirtualClock, curve_for: CurveFor) -> None:
        self._clock = clock
        self._curve_for = curve_for
        self._agenda: list[tuple[float, int, SimulatedAttempt]] = []
        self._entries = 0

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> SimulatedAttempt:
        """Start one trial; see `emulator.executors.base`."""
        now = self._clock.now()
        try:
            steps = _steps(self._curve_for(attempt), attempt, now)
        except (LookupError, ValueError, ArithmeticError) as error:
            steps = [_Step(now, TrialEnded(Exit(message=str(error))))]
        trial = SimulatedAttempt(iter(steps), on_event)
        self._schedule(trial)
        return trial

    def survives(self, attempt: str, record: str | None) -> bool:
        """Nothing outlives the process that simulates it."""
        return False

    def adopt(self, attempt: Attempt, record: str | None, on_event: Callable[[TrialEvent], None]) -> SimulatedAttempt:
        """Never to be called: nothing survives."""
        raise LookupError(f"attempt {attempt.id} does not run: simulated attempts end with their emulator")

    def discard(self, attempt: str, record: str | None) -> None:
        """Nothing is left of what was simulated."""

    def reap(self, kept: Collection[str]) -> None:
        """Nothing is left of what was simulated."""

    def capacity(self, placement: Placement | None = None) -> None:
        """As on this machine."""

    def close(self) -> None:
        """Nothing is held."""

    @property
    def next_event(self) -> float | None:
        """When the next thing happens (seconds since the epoch); None when no trial runs."""
        # An attempt that was stopped leaves its entry in the heap.
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

    def _schedule(self, trial: SimulatedAttempt) -> None:
        if trial.next:
            # The number keeps the order of what happens at one moment, and attempts need not be comparable.
            self._entries += 1
            heapq.heappush(self._agenda, (trial.next.at, self._entries, trial))


@dataclass(frozen=True, slots=True)
class _Line:
    file: Path
    text: str


@dataclass(frozen=True, slots=True)
class _Step:
    at: float
    event: TrialEvent | _Line


def _steps(curve: Curve, attempt: Attempt, now: float) -> list[_Step]:
    """Everything that happens to a trial, in the order of time."""
    told = [_Step(now + at, event) for at, event in _told(curve, attempt)]
    # The points of a curve alone are in order; most simulated sweeps have nothing else.
    if curve.log or curve.others or curve.node_taken is not None:
        told.sort(key=lambda step: step.at)
    if curve.node_lost is not None:
        end = now + curve.node_lost
        lost = TrialEnded(Exit(message=NODE_LOST, system=True))
        return [_Step(now, TrialStarted()), *(step for step in told if step.at <= end), _Step(end, lost)]
    how = Exit(code=curve.exit_code)
    ending = [_Step(now + curve.duration, event) for event in (TrialFinalizing(how), TrialEnded(how))]
    return [_Step(now, TrialStarted()), *told, *ending]


def _told(curve: Curve, attempt: Attempt) -> Iterator[tuple[float, TrialEvent | _Line]]:
    """What a trial tells between its start and its end, and after how many seconds; not in order."""
    if attempt.log is not None:
        yield from ((at, _Line(attempt.log, text)) for at, text in curve.log)
    if attempt.metric is not None:
        yield from ((at, TrialMetric(attempt.metric, value, step)) for at, step, value in curve.points)
    for name, points in curve.others.items():
        yield from ((at, TrialMetric(name, value, step)) for at, step, value in points)
    if curve.node_taken is not None:
        yield curve.node_taken, NodeTaken()


class SimulatedAttempt:
    """An attempt that runs in virtual time."""

    def __init__(self, steps: Iterator[_Step], on_event: Callable[[TrialEvent], None]) -> None:
        self._steps = steps
        self._tell = on_event
        self.next = next(steps, None)

    def tell(self) -> None:
        """Let the next step happen."""
        if self.next:
            step, self.next = self.next, next(self._steps, None)
            if isinstance(step.event, _Line):
                _write(step.event, step.at)
            else:
                self._tell(step.event)

    def forget(self) -> None:
        """Nothing is kept."""

    def stop(self, grace: float) -> None:
        """End it now."""
        if self.next:
            self.next = None
            self._tell(TrialEnded(Exit(signal=15)))


def _write(line: _Line, at: float) -> None:
    line.file.parent.mkdir(parents=True, exist_ok=True)
    with line.file.open("a", encoding="utf-8") as file:
        file.write(f"{line.text}\n")
    # Run history shows when a log was written, which is virtual time here.
    os.utime(line.file, (at, at))
