"""A conductor that is made while the server already answers: its imports (models, engine) take longer than all else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from emulator.operations.conductor import Conductor
from emulator.store.jobs import JobId

_log = logging.getLogger(__name__)


class LateConductor:
    """Stands in for a conductor; what it is asked before there is one is passed on then, in order.

    Parameters:
        make: imports and makes the conductor.
    """

    def __init__(self, make: Callable[[], Conductor]) -> None:
        self._make = make
        self._made: Future[Conductor] = Future()
        self._asked: list[Callable[[Conductor], None]] = []
        self._lock = threading.Lock()

    def submit(self, job: JobId) -> None:
        """See `Conductor`."""
        self._when_made(lambda conductor: conductor.submit(job))

    def cancel(self, job: JobId) -> None:
        """See `Conductor`."""
        self._when_made(lambda conductor: conductor.cancel(job))

    def preempt(self, job: JobId) -> None:
        """See `Conductor`."""
        self._when_made(lambda conductor: conductor.preempt(job))

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        """See `Conductor`."""
        self._when_made(lambda conductor: conductor.metrics_logged(job, points))

    def start(self) -> None:
        """Begin to make the conductor, and start it; after `stop` another one."""
        threading.Thread(target=self._begin, name="amlet-conductor-start", daemon=True).start()

    def stop(self) -> None:
        """See `Conductor`; what is asked from now on waits for the next start.

        Raises:
            Exception: what went wrong when it was made.
        """
        conductor = self._made.result()
        with self._lock:
            self._made = Future()
        conductor.stop()

    def _begin(self) -> None:
        try:
            conductor = self._make()
            conductor.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, it comes out where somebody waits
            _log.critical("the emulator cannot run jobs", exc_info=error)
            self._made.set_exception(error)
            return
        with self._lock:
            for ask in self._asked:
                ask(conductor)
            self._asked.clear()
            self._made.set_result(conductor)

    def _when_made(self, ask: Callable[[Conductor], None]) -> None:
        with self._lock:
            if self._made.done():
                ask(self._made.result())
            else:
                self._asked.append(ask)
