"""One attempt that a worker elsewhere runs: what its lease and its task tell becomes what an executor tells.

Its lease decides what counts; the task that was to start it says only why it did not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor as Pool
from enum import StrEnum, auto
from typing import Protocol

from emulator.executors.base import (
    Attempt,
    Exit,
    NodeTaken,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialRefused,
    TrialStarted,
    TrialWaiting,
    Work,
)
from emulator.executors.cluster_workers import Needs
from emulator.executors.leases import Leases
from emulator.executors.offers import Offer
from emulator.storage.attempts import AttemptState

_STOPPED_EARLY = "Stopped before its command started."


class _State(StrEnum):
    PREPARING = auto()
    WAITING = auto()
    RUNNING = auto()
    LOST = auto()
    ENDING = auto()
    ENDED = auto()


class Launches(Protocol):
    """What brings attempts to workers."""

    def add(self, attempt: RemoteAttempt) -> None:
        """Have a worker lease it, as soon as one has capacity."""
        ...

    def occupy(self, attempt: RemoteAttempt, worker: str) -> None:
        """It runs on a worker already."""
        ...

    def remove(self, attempt: str) -> None:
        """It wants no worker any more, or takes up none."""
        ...


class RemoteAttempt:
    """One attempt; the handle of the job runner, and the listener of the lease.

    `token` is the one that its worker leases it with, `needs` what it takes of its worker.

    Parameters:
        attempt: what is run.
        leases: of the emulator.
        launches: brings it to a worker.
        pool: does what may take long.
        tell: of the job runner.
    """

    def __init__(
        self,
        attempt: Attempt,
        leases: Leases,
        launches: Launches,
        pool: Pool,
        tell: Callable[[TrialEvent], None],
    ) -> None:
        if attempt.work is None:
            raise ValueError(f"attempt {attempt.id} has no command to run")
        self.id, self.name, self._work = attempt.id, attempt.name, attempt.work
        self._leases, self._launches, self._pool, self._tell_runner = leases, launches, pool, tell
        # Never held while the leases are asked anything: they call this object while they hold a lease.
        self._lock = threading.Lock()
        self._state = _State.PREPARING
        self._stopping = False
        self._waits_for = ""
        self.token = ""
        self.needs: Needs = {}

    def begin(self, offer: Callable[[Work], Offer]) -> None:
        """Make it ready and offer it, in another thread.

        Parameters:
            offer: makes its folders by its work; raises `TrialRefused` or `OSError`.
        """
        self._pool.submit(self._prepare, offer)

    def resume(self) -> None:
        """Go on with what an earlier process of the emulator offered."""
        kept = self._leases.offers.read(self.id)
        self.needs = kept.resources if kept else {}
        self.token = self._leases.token(self.id, self.name)
        with self._lock:
            self._state = _State.WAITING
        state = self._leases.resume(self.id, self)
        if state is AttemptState.OFFERED:
            self._launches.add(self)
        elif state is None:
            self.lost("it is not known any more")

    def stop(self, grace: float) -> None:
        """See `emulator.executors.base.AttemptHandle`."""
        with self._lock:
            again, self._stopping = self._stopping, True
            state = self._state
        if state is _State.RUNNING and not again:
            self._leases.request_stop(self.id, grace)
        elif state in {_State.WAITING, _State.LOST}:
            self._leases.revoke(self.id)
            self._end(Exit(message=_STOPPED_EARLY))

    def forget(self) -> None:
        """See `emulator.executors.base.AttemptHandle`."""
        self._leases.forget(self.id)

    def leased(self, worker: str, host: str) -> None:
        """See `emulator.executors.lease.LeaseListener`."""
        with self._lock:
            if self._state is not _State.WAITING:
                return
            self._state = _State.RUNNING
            # Under the lock, so that its end cannot be told before its start.
            self._tell_runner(TrialStarted(worker, worker, host))
        self._launches.occupy(self, worker)

    def ended(self, ending: Exit) -> None:
        """See `emulator.executors.lease.LeaseListener`."""
        if self._move({_State.RUNNING}, _State.ENDING):
            self._pool.submit(self._finish, ending)

    def lost(self, why: str) -> None:
        """See `emulator.executors.lease.LeaseListener`."""
        with self._lock:
            if self._state not in {_State.WAITING, _State.RUNNING}:
                return
            self._state = _State.LOST
            stopping = self._stopping
            if not stopping:
                self._tell_runner(NodeTaken(lost=True, why=why))
        self._launches.remove(self.id)
        if stopping:
            self._end(Exit(message=f"It was stopped, and {why}."))

    def task_ended(self, error: str | None) -> None:
        """The task that was to run it is over.

        Parameters:
            error: what it failed with.
        """
        with self._lock:
            state = self._state
        why = error or "the task on the worker ended without running it"
        if state is _State.WAITING:
            self._leases.revoke(self.id)
            self._end(Exit(message=f"The worker could not run the trial: {why}", system=True))
        elif state is _State.RUNNING:  # its supervisor is gone: it would have told its end before
            self._pool.submit(self._give_up, why)

    def waits(self, why: str) -> None:
        """No worker can run it, for a reason that people should know; told once for each reason."""
        with self._lock:
            if self._state is _State.WAITING and why != self._waits_for:
                self._waits_for = why
                self._tell_runner(TrialWaiting(why))

    @property
    def is_waiting(self) -> bool:
        """Whether no worker has leased it yet."""
        return self._state is _State.WAITING

    def _prepare(self, offer: Callable[[Work], Offer]) -> None:
        try:
            made = offer(self._work)
            if self._is_stopped():
                self._end(Exit(message=_STOPPED_EARLY))
                return
            self.needs = made.resources
            self.token = self._leases.offer(self.id, self.name, made, self)
        except TrialRefused as error:
            self._end(Exit(message=str(error)))
            return
        except OSError as error:
            self._end(Exit(message=f"The machine failed the trial: {error}", system=True))
            return
        # A stop that comes while it is being prepared does nothing itself; it is found here.
        self._move({_State.PREPARING}, _State.WAITING)
        if self._is_stopped():
            self.stop(0.0)
        else:
            self._launches.add(self)

    def _is_stopped(self) -> bool:
        return self._stopping

    def _give_up(self, why: str) -> None:
        self._leases.revoke(self.id)
        self.lost(why)

    def _finish(self, ending: Exit) -> None:
        if ending.signal is not None:  # as the shell around a command of this machine tells it
            ending = Exit(code=128 + ending.signal)
        self._tell_runner(TrialFinalizing(ending))
        try:
            self._work.collect()
        except OSError as error:
            if ending.ok:
                ending = Exit(message=f"The machine failed the trial: {error}", system=True)
        if self._stopping:
            self._leases.forget(self.id)
        self._end(ending)

    def _end(self, ending: Exit) -> None:
        self._launches.remove(self.id)
        every = set(_State) - {_State.ENDED}
        if self._move(every, _State.ENDED):
            self._tell_runner(TrialEnded(ending))

    def _move(self, states: set[_State], state: _State) -> bool:
        with self._lock:
            if self._state not in states:
                return False
            self._state = state
            return True
