"""What a loop and its simulated trials are about to do, in the order of virtual time."""

from __future__ import annotations

from emulator.clock import VirtualClock
from emulator.runner.loop import Loop
from emulator.simulation.executor import SimulatedExecutor


class SimulatedAgenda:
    """An `emulator.simulation.time_control.Agenda`: of two things at one moment, what a trial does comes first.

    Parameters:
        loop: takes the turns of the jobs.
        executor: runs their trials.
        clock: of both.
    """

    def __init__(self, loop: Loop, executor: SimulatedExecutor, clock: VirtualClock) -> None:
        self._loop, self._executor, self._clock = loop, executor, clock

    @property
    def next_event(self) -> float | None:
        """When the next thing happens; None when nothing will."""
        moments = (self._executor.next_event, self._loop.next_deadline)
        return min((moment for moment in moments if moment is not None), default=None)

    def step(self) -> None:
        """Let the next thing happen, with the clock at its moment."""
        event, deadline = self._executor.next_event, self._loop.next_deadline
        if event is not None and (deadline is None or event <= deadline):
            self._executor.step()
        elif deadline is not None:
            self._clock.advance_to(max(deadline, self._clock.now()))
        self._loop.turn()

    def settle(self) -> None:
        """Do what there is to do now."""
        self._loop.turn()

    def rest(self) -> None:
        """Return when all that has happened can be read."""
        self._loop.unit_of_work.wait_until_stored()
