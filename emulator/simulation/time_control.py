"""Control of a virtual clock: it moves by itself when a client reads, or as far as a test says.

Automatic (the default): time stands still while requests change things, and when a client reads (a GET), everything
that runs goes to its end first, each thing at its own moment. Hours pass in milliseconds, and always in the
same way: nothing depends on how fast this machine is.

Frozen: time passes only by `advance`, `run_until_settled`, and the waits of a client that was told to let them pass
here. What is due at once is still done at once.
"""

from __future__ import annotations

import threading
from typing import Protocol

from emulator.clock import VirtualClock

#: How far `run_until_settled` goes at most (seconds): 60 days, longer than any sweep.
HORIZON = 60 * 24 * 3600.0


class Agenda(Protocol):
    """What is going to happen in virtual time; `TimeControl` is the only one who calls this."""

    @property
    def next_event(self) -> float | None:
        """When the next thing happens (seconds since the epoch); None when nothing will, whatever time it gets."""
        ...

    def step(self) -> None:
        """Let the next thing happen, with the clock at its moment, and what follows from it at once."""
        ...

    def settle(self) -> None:
        """Do what there is to do now; no time passes."""
        ...

    def rest(self) -> None:
        """Return when all that has happened can be read."""
        ...


class TimeControl:
    """Moves one clock and lets happen what is due on the way; all calls may come from any thread.

    Parameters:
        clock: is moved by this object alone.
        frozen: whether it begins frozen.

    Example:
        time = TimeControl(VirtualClock(1_767_225_600.0))
        time.attach(agenda)
        time.freeze()
        time.advance(7200)  # a sweep with a timeout of two hours is over now
    """

    def __init__(self, clock: VirtualClock, *, frozen: bool = False) -> None:
        self._lock = threading.RLock()
        self._agendas: list[Agenda] = []
        self._begins_frozen = self._frozen = frozen
        self.clock = clock

    def restart(self) -> None:
        """Return to the first reading, frozen or not as at the beginning; agendas must be detached."""
        with self._lock:
            self.clock.set(self.clock.start)
            self._frozen = self._begins_frozen

    @property
    def is_frozen(self) -> bool:
        """Whether time passes only when it is told to."""
        return self._frozen

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return self.clock.now()

    def attach(self, agenda: Agenda) -> None:
        """Have these things happen as time passes."""
        with self._lock:
            self._agendas.append(agenda)

    def detach(self, agenda: Agenda) -> None:
        """Forget an agenda."""
        with self._lock:
            self._agendas.remove(agenda)

    def freeze(self) -> None:
        """Let time pass only by `advance` and `run_until_settled` from now on."""
        self._frozen = True

    def thaw(self) -> None:
        """Let time pass by itself again, whenever a client reads."""
        self._frozen = False

    def look(self) -> None:
        """A client is about to read: do what is due, and in automatic mode everything else too."""
        self.settle() if self._frozen else self.run_until_settled()

    def settle(self) -> None:
        """Do what is due now; no time passes."""
        with self._lock:
            for agenda in self._agendas:
                agenda.settle()
            self._rest()

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds; what is due on the way happens in its order, each thing at its own moment.

        Raises:
            ValueError: seconds below 0.
        """
        with self._lock:
            self.advance_to(self.clock.now() + seconds)

    def advance_to(self, moment: float) -> None:
        """Move on to a moment (seconds since the epoch).

        Raises:
            ValueError: the moment has passed already.
        """
        with self._lock:
            self._run(moment)
            self.clock.advance_to(moment)
            self.settle()

    def stand_at(self, moment: float) -> None:
        """Have the clock show a moment (seconds since the epoch): for a state that was replaced as a whole."""
        with self._lock:
            self.clock.set(moment)

    def run_until_settled(self, limit: float = HORIZON) -> float:
        """Let time pass until nothing is left that will happen.

        What would wait for ever (a trial that hangs, a job without nodes) is left as it is.

        Parameters:
            limit: at most so many seconds; what is due later stays to be done.

        Returns:
            Seconds that have passed.
        """
        with self._lock:
            begin = self.clock.now()
            self._run(begin + limit)
            self._rest()
            return self.clock.now() - begin

    def _run(self, end: float) -> None:
        self.settle()
        while (agenda := self._first()) is not None:
            due = agenda.next_event
            if due is None or due > end:
                return
            agenda.step()

    def _rest(self) -> None:
        for agenda in self._agendas:
            agenda.rest()

    def _first(self) -> Agenda | None:
        """The agenda whose next event comes first."""
        waiting = [agenda for agenda in self._agendas if agenda.next_event is not None]
        return min(waiting, key=lambda agenda: agenda.next_event or 0.0, default=None)
