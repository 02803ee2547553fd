"""All running jobs, turn by turn, by one thread: whatever happened, then what follows from it, then one write."""

from __future__ import annotations

import heapq
import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TypeAlias

from emulator.clock import Clock
from emulator.engine.deadlines import Deadlines
from emulator.runner.computes import Computes
from emulator.runner.job_run import JobRun, Trial
from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage import StoreUnavailable
from emulator.storage.jobs import JobId

Message: TypeAlias = Callable[[], None]

_FIRST_PAUSE = 0.05  # seconds before the first try after a write that failed; twice as long before each further one
_LONGEST_PAUSE = 2.0

_LONGEST_SLEEP = 86_400.0  # seconds; a thread cannot wait for centuries, which a timeout may last

_log = logging.getLogger(__name__)


class Loop:
    """Owns every state machine; only `soon` may be called from other threads than the one that calls `turn`.

    Parameters:
        clock: the only source of time.
        unit_of_work: gathers what a turn writes.
        computes: shares the nodes.
        largest: how many writes may wait for a later turn, where nothing waits for them.
        linger: for how many seconds they do; None for as long as nothing happens.

    Attributes:
        runs, trials: what runs, by row id.
        trouble: why the store takes no writes; None while it does.
        on_end: is told of each job that runs no more; its end is stored.
    """

    def __init__(
        self,
        clock: Clock,
        unit_of_work: UnitOfWork,
        computes: Computes,
        largest: int = 0,
        linger: float | None = None,
    ) -> None:
        self.runs: dict[JobId, JobRun] = {}
        self.trials: dict[JobId, Trial] = {}
        self._clock = clock
        self.unit_of_work = unit_of_work
        self._computes = computes
        self._largest, self._linger = largest, linger
        self._is_quiet = False
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._timers: list[tuple[float, int, Message]] = []
        self._deadlines: Deadlines[JobId] = Deadlines()
        self._changed: dict[JobId, JobRun] = {}
        self._count = count()
        self._halting = False
        self._again: Message | None = None
        self._closing = threading.Event()
        self._pause = _FIRST_PAUSE
        self.trouble: str | None = None
        self.on_end: Callable[[JobRun], None] = lambda run: None
        # A batch may fail while the loop sleeps: without this it would be found out only when something else happens.
        unit_of_work.on_failure = partial(self.soon, unit_of_work.settle)

    def soon(self, message: Message) -> None:
        """Have something done in the next turn."""
        self._messages.put(message)

    def later(self, seconds: float, message: Message) -> None:
        """Have something done after so many seconds."""
        # The count keeps what is due at one moment in its order; functions cannot be compared.
        heapq.heappush(self._timers, (self._clock.now() + seconds, next(self._count), message))

    @property
    def next_deadline(self) -> float | None:
        """When there is something to do even if nothing happens (seconds since the epoch)."""
        if self._halting:
            return None
        moments = (self._deadlines.next, self._timers[0][0] if self._timers else None)
        return min((moment for moment in moments if moment is not None), default=None)

    def note_changed(self, run: JobRun) -> None:
        """What a job wants, holds or waits for may have changed; a turn looks at no others, thousands may wait."""
        self._changed[run.job.id] = run

    def note_stored(self, trial: Trial, job: JobId) -> None:
        """The job of a trial has got its row id; called by the store's thread while a turn waits for it."""
        trial.job = job
        self.trials[job] = trial

    def add(self, run: JobRun) -> None:
        """A job runs from now on; jobs keep the order of their submission."""
        last = next(reversed(self.runs), None)
        self.runs[run.job.id] = run
        # It took longer to resolve than later ones; nodes are shared in the order of submission all the same.
        if last is not None and last > run.job.id:
            self.runs = dict(sorted(self.runs.items()))
        self.note_changed(run)

    def close(self) -> None:
        """Have the loop halt, also while the store takes no writes; may be called from any thread."""
        self._closing.set()
        self.soon(self.halt)

    def halt(self) -> None:
        """End what runs, to be started again another time; nothing new is started."""
        self._halting = True
        for run in self.runs.values():
            run.interrupt()

    @property
    def goes_on(self) -> bool:
        """Whether there is still something to wait for after `halt`."""
        return not self._halting or any(trial.has_processes for trial in self.trials.values())

    def wait(self) -> None:
        """Sleep until something happens or is due, then take a turn; while the store takes no writes, try it again."""
        if self.trouble is not None:
            self._try_again()
            return
        deadline = self.next_deadline
        patience = None if deadline is None else max(0.0, min(deadline - self._clock.now(), _LONGEST_SLEEP))
        if self._linger is not None and self.unit_of_work.size:
            patience = self._linger if patience is None else min(patience, self._linger)
        try:
            if self._again is None:
                self._take(patience)
            self.turn()
        except StoreUnavailable as error:
            self.trouble, self._pause = str(error), _FIRST_PAUSE
            _log.error("%s; running jobs wait, and go on by themselves when it can be written", error)

    def _take(self, patience: float | None) -> None:
        try:
            message = self._messages.get(timeout=patience)
        except queue.Empty:
            self._is_quiet = True
        else:
            self._is_quiet = False
            self._do(message)

    def _try_again(self) -> None:
        is_closing = self._closing.wait(self._pause)
        try:
            self.unit_of_work.settle()
            self._repeat()
        except StoreUnavailable as error:
            self.trouble, self._pause = str(error), min(2 * self._pause, _LONGEST_PAUSE)
            if is_closing:
                # The process must end although the disk is full; what is stored is enough for the next one.
                _log.error("%s; the emulator ends, and the next one goes on from what is stored", error)
                self.unit_of_work.abandon()
                self._again = None
                self.trouble = None
        else:
            self.trouble = None
            _log.warning("the state directory can be written again; jobs go on")

    def turn(self) -> None:
        """Do everything there is to do now, also what follows from it at once.

        Raises:
            StoreUnavailable: the store takes no writes for now; what there was to write is kept for the next turn.
        """
        self._step()
        while self._messages.qsize():
            self._step()

    def _step(self) -> None:
        self._repeat()
        while self._messages.qsize():
            self._do(self._messages.get())
        if not self._halting:
            self._go_on(self._clock.now())
        # What nobody waits for is stored with what comes next: a commit costs more than most turns.
        may_wait = 0 if self._is_quiet or self._halting else self._largest
        if self.unit_of_work.is_urgent or self.unit_of_work.size > may_wait:
            self.unit_of_work.flush()
        # Only now: what was done after the write may have changed jobs too.
        changed, self._changed = self._changed, {}
        for run in changed.values():
            self._settle(run)

    def _repeat(self) -> None:
        """Do what the store kept from being done; it comes before everything else."""
        if (again := self._again) is not None:
            self._again = None
            self._do(again)

    def _go_on(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            self._do(heapq.heappop(self._timers)[2])
        for job in self._deadlines.expired(now):
            self._do(partial(self.runs[job].tick, now))
            self.note_changed(self.runs[job])
        # Before the nodes are shared: what this turn has freed is given away in this turn.
        for run in self._changed.values():
            if run.job.id in self.runs:
                self._computes.note(run)
        self._do(lambda: self._computes.share(now))

    def _settle(self, run: JobRun) -> None:
        """Keep what there is to know of a job that has changed, or forget it."""
        job = run.job.id
        if job not in self.runs:
            return
        if not run.finished:
            self._computes.note(run)
            self._deadlines.set(job, run.next_deadline)
            return
        del self.runs[job]
        self._computes.forget(run)
        self._deadlines.forget(job)
        for trial in run.trials:
            if trial.job is not None:
                self.trials.pop(trial.job, None)
        self.on_end(run)

    def _do(self, message: Message) -> None:
        try:
            message()
        except StoreUnavailable:
            self._again = message
            raise
        except Exception:  # noqa: BLE001 - the trouble of one job must not stop the others
            _log.exception("something that happened to a job could not be dealt with")
