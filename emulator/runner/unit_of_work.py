"""What one turn of the runner writes: gathered first, then stored in one transaction.

What runs never gets ahead of the store. Where the store takes no writes for now (the disk is full), a batch is kept and
tried again as it is, and nothing that waits for it is done before it is stored.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TypeAlias

from emulator.storage import Database, StoreUnavailable, metrics
from emulator.storage.jobs import Job, JobId
from emulator.storage.metrics import Point

Work: TypeAlias = Callable[[sqlite3.Connection], None]

#: A log that cannot be written for these reasons may be written later.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)

_FEW = 32  # works, some tens of microseconds each

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Batch:
    """What was handed to the store together.

    Parameters:
        works: in their order.
        effects: what is done when the works are stored.
        stored: done when they are, or could not be; None when they have to be handed in again.
    """

    works: list[Work]
    effects: list[Callable[[], None]]
    stored: Future[None] | None = None


class UnitOfWork:
    """Gathers writes, lines of logs, and what may only be done when the writes are safe.

    Parameters:
        store: takes the writes.
        append: adds lines to the log of a sweep.
    """

    def __init__(self, store: Database, append: Callable[[Job, list[str]], None]) -> None:
        self._store = store
        self._append = append
        self._works: list[Work] = []
        self._points: dict[JobId, list[tuple[str, Point]]] = defaultdict(list)
        self._lines: dict[JobId, tuple[Job, list[str]]] = {}
        self._effects: list[Callable[[], None]] = []
        self._pending: _Batch | None = None
        self._abandoned = False
        self.size = 0
        self.on_failure: Callable[[], None] = lambda: None

    @property
    def is_urgent(self) -> bool:
        """Whether something waits for the writes to be safe."""
        return bool(self._effects)

    def write(self, work: Work) -> None:
        """Have something stored, after everything that was handed in before."""
        self._works.append(work)
        self.size += 1

    def point(self, job: JobId, name: str, point: Point) -> None:
        """Have a metric value of a stored job kept."""
        self._points[job].append((name, point))
        self.size += 1

    def line(self, sweep: Job, line: str) -> None:
        """Have a line added to the log of a sweep."""
        self._lines.setdefault(sweep.id, (sweep, []))[1].append(line)

    def afterwards(self, effect: Callable[[], None]) -> None:
        """Have something done when all this is stored, such as the start of a process whose job must exist by then."""
        self._effects.append(effect)

    def flush(self) -> None:
        """Store everything, then do what waited for it.

        Returns at once when nothing waits; what becomes of the batch is seen by the next `flush` or `settle`.

        Raises:
            StoreUnavailable: the store takes nothing for now. Nothing is lost, and nothing that waits is done.
        """
        self.settle()
        if self._abandoned:
            return
        works, self._works = self._works, []
        for job, points in self._points.items():
            works.append(_append_points(job, points))
        effects, self._effects = self._effects, []
        self._points, self.size = defaultdict(list), 0
        # Lines first: a client that reads that a job has ended finds its log complete.
        self._append_lines()
        self._pending = batch = _Batch(works, effects)
        self._submit(batch)
        # Without effects the store may work on it while the next turn gathers.
        if effects or (batch.stored and batch.stored.done()):
            self.settle()

    def settle(self) -> None:
        """Make sure that the last batch is stored, which may have failed before, and do what waited for it.

        Raises:
            StoreUnavailable: it could not be stored now.
        """
        batch = self._pending
        if batch is None:
            return
        if batch.stored is None:
            self._submit(batch)
        if batch.stored is not None:
            wait([batch.stored])
            if error := batch.stored.exception():
                self._store_apart(batch, error)
        self._pending = None
        for effect in batch.effects:
            _do(effect)

    def abandon(self) -> None:
        """Store nothing any more, as the process ends: what is stored is what the next one goes on from."""
        self._abandoned = True
        self._pending = None

    def wait_until_stored(self) -> None:
        """Return when everything that was flushed can be read.

        Raises:
            StoreUnavailable: it could not be stored now.
        """
        self.settle()

    def _submit(self, batch: _Batch) -> None:
        works = batch.works
        if not works:
            return

        def together(conn: sqlite3.Connection) -> None:
            for work in works:
                work(conn)

        # Many works are left to the store's thread, so that the next turn gathers meanwhile; few cost less than to wake
        # it, and with effects this thread would wait for it in any case.
        is_long = len(works) > _FEW and not batch.effects
        batch.stored = (self._store.write if is_long else self._store.write_here)(together)
        batch.stored.add_done_callback(lambda done: self.on_failure() if done.exception() else None)

    def _store_apart(self, batch: _Batch, error: BaseException) -> None:
        """One bad write (of a job that was deleted meanwhile) must not undo those of other jobs."""
        batch.stored = None
        if isinstance(error, StoreUnavailable):
            raise error
        # It failed alone just now, and would again.
        if len(batch.works) == 1:
            _log.error("a change of a job could not be stored", exc_info=error)
            batch.works = []
        while batch.works:
            outcome = self._store.write(batch.works[0])
            wait([outcome])
            if isinstance(failure := outcome.exception(), StoreUnavailable):
                raise failure
            if failure:
                _log.error("a change of a job could not be stored", exc_info=failure)
            del batch.works[0]

    def _append_lines(self) -> None:
        """Add what was gathered to the logs; where the disk is full it is kept, to be added with what comes next."""
        lines, self._lines = self._lines, {}
        for key, (sweep, added) in lines.items():
            try:
                self._append(sweep, added)
            except OSError as error:
                if error.errno in _FULL:
                    self._lines[key] = (sweep, added)
                else:
                    _log.warning("the log of sweep %s cannot be written: %s", sweep.name, error)


def _do(effect: Callable[[], None]) -> None:
    """What fails (a thread too many) must not undo the rest."""
    try:
        effect()
    except Exception:  # noqa: BLE001 - whatever it is, the rest is done all the same
        _log.exception("what follows from a change of a job could not be done")


def _append_points(job: JobId, points: list[tuple[str, Point]]) -> Work:
    return lambda conn: metrics.append(conn, job, points)
