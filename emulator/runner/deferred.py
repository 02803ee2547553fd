"""A conductor that is made while the server already answers: its imports (models, engine) take longer than all else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from emulator.runner.interface import JobRunner
from emulator.storage.jobs import JobId

_log = logging.getLogger(__name__)

#: Seconds after the start in which nobody waits for a conductor: those in which a client comes for its first answers.
_MOMENT = 2.0


class DeferredJobRunner:
    """Stands in for a conductor; what it is asked before there is one is passed on then, in order.

    It is made as soon as there is something to do, else a moment after the start.

    Parameters:
        make: imports and makes the conductor.
        is_needed: tells at the start whether there is something to do already.
    """

    def __init__(self, make: Callable[[], JobRunner], is_needed: Callable[[], bool] = lambda: True) -> None:
        self._make, self._is_needed = make, is_needed
        self._made: Future[JobRunner | None] = Future()
        self._wanted = threading.Event()
        self._is_over = False
        self._asked: list[Callable[[JobRunner], None]] = []
        self._lock = threading.Lock()

    def submit(self, job: JobId) -> None:
        """See `Conductor`."""
        self._when_made(lambda job_runner: job_runner.submit(job))

    def cancel(self, job: JobId) -> None:
        """See `Conductor`."""
        self._when_made(lambda job_runner: job_runner.cancel(job))

    def preempt(self, job: JobId) -> None:
        """See `Conductor`."""
        self._when_made(lambda job_runner: job_runner.preempt(job))

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        """See `Conductor`."""
        self._when_made(lambda job_runner: job_runner.metrics_logged(job, points))

    def start(self) -> None:
        """Make the conductor as soon as it is wanted, and start it; after `stop` another one."""
        if self._is_needed():
            self._wanted.set()
        threading.Thread(target=self._begin, name="amlet-conductor-start", daemon=True).start()

    def stop(self) -> None:
        """See `Conductor`; what is asked from now on waits for the next start.

        Raises:
            Exception: what went wrong when it was made.
        """
        with self._lock:
            self._is_over = not self._wanted.is_set()
            self._wanted.set()
        job_runner = self._made.result()
        with self._lock:
            self._made, self._is_over = Future(), False
            self._wanted.clear()
        if job_runner is not None:
            job_runner.stop()

    def _begin(self) -> None:
        self._wanted.wait(_MOMENT)
        if self._is_over:
            self._made.set_result(None)
            return
        try:
            job_runner = self._make()
            job_runner.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, it comes out where somebody waits
            _log.critical("the emulator cannot run jobs", exc_info=error)
            self._made.set_exception(error)
            return
        with self._lock:
            for ask in self._asked:
                ask(job_runner)
            self._asked.clear()
            self._made.set_result(job_runner)

    def _when_made(self, ask: Callable[[JobRunner], None]) -> None:
        with self._lock:
            job_runner = self._made.result() if self._made.done() else None
            if job_runner is None:
                self._asked.append(ask)
                self._wanted.set()
            else:
                ask(job_runner)
