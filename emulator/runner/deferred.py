"""A job runner that is made while the server already answers: its imports (models, engine) take longest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from emulator.runner.interface import JobEvent, JobRunner

_log = logging.getLogger(__name__)

#: Seconds after the start in which no request waits for a job runner: a client's first requests come then.
_MOMENT = 2.0

_FIRST_PAUSE = 0.05  # seconds before it is tried again where it cannot be made; twice as long before each further try
_LONGEST_PAUSE = 2.0


class DeferredJobRunner(JobRunner):
    """Stands in for a job runner; what it is told before there is one is passed on then, in order.

    It is made as soon as there is something to do, else a moment after the start. Where it cannot be made (no file can
    be opened any more, the disk is full) that is tried again until it can.

    Parameters:
        make: imports and makes the job runner.
        is_needed: tells at the start whether there is something to do already.
    """

    def __init__(self, make: Callable[[], JobRunner], is_needed: Callable[[], bool] = lambda: True) -> None:
        self._make, self._is_needed = make, is_needed
        self._made: Future[JobRunner | None] = Future()
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._error: Exception | None = None
        self._is_over = False
        self._missed: list[JobEvent] = []
        self._lock = threading.Lock()

    @property
    def trouble(self) -> str | None:
        """See `JobRunner`; also why there is no job runner yet."""
        made = self._made
        runner = made.result() if made.done() and not made.exception() else None
        if runner is not None:
            return runner.trouble
        return None if self._error is None else f"the job runner cannot start: {self._error}"

    def notify(self, event: JobEvent) -> None:
        """See `JobRunner`; passed on when there is one."""
        with self._lock:
            runner = self._made.result() if self._made.done() else None
            if runner is None:
                self._missed.append(event)
                self._wanted.set()
            else:
                runner.notify(event)

    def start(self) -> None:
        """Make the job runner as soon as it is wanted, and start it; after `stop` another one."""
        if self._is_needed():
            self._wanted.set()
        threading.Thread(target=self._begin, name="amlet-runner-start", daemon=True).start()

    def stop(self) -> None:
        """See `JobRunner`; what it is told from now on waits for the next start.

        Raises:
            Exception: why it could not be made up to now.
        """
        with self._lock:
            # Nobody has wanted a job runner up to now: none is made only to be stopped.
            self._is_over = not self._wanted.is_set()
            self._wanted.set()
            self._stopping.set()
        runner = self._made.result()
        with self._lock:
            self._made, self._is_over = Future(), False
            self._wanted.clear()
            self._stopping.clear()
        if runner is not None:
            runner.stop()

    def _begin(self) -> None:
        self._wanted.wait(_MOMENT)
        if self._is_over:
            self._made.set_result(None)
            return
        pause = _FIRST_PAUSE
        while isinstance(runner := self._try(), Exception):
            if self._stopping.wait(pause):
                self._made.set_exception(runner)
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
        with self._lock:
            # Under the lock: an event that comes meanwhile must not overtake those that were missed.
            for event in self._missed:
                runner.notify(event)
            self._missed.clear()
            self._made.set_result(runner)

    def _try(self) -> JobRunner | Exception:
        """A job runner that works, or why it cannot be made now."""
        try:
            runner = self._make()
            runner.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and tried again
            # Said once: the further tries fail for the same reason.
            if self._error is None:
                _log.critical("the emulator cannot run jobs; it tries again", exc_info=error)
            self._error = error
            return error
        self._error = None
        return runner
