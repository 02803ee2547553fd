"""What one turn of the runner writes: gathered first, then stored in one transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import TypeAlias

from emulator.storage import Database, metrics
from emulator.storage.jobs import Job, JobId
from emulator.storage.metrics import Point

Work: TypeAlias = Callable[[sqlite3.Connection], None]

_log = logging.getLogger(__name__)


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
        self._latest: Future[None] | None = None
        self.size = 0

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
        """Store everything, then do what waited for it."""
        works, self._works = self._works, []
        for job, points in self._points.items():
            works.append(_append_points(job, points))
        lines, self._lines = self._lines, {}
        effects, self._effects = self._effects, []
        self._points, self.size = defaultdict(list), 0
        # Lines first: whoever reads that a job has ended finds its log complete.
        for sweep, added in lines.values():
            self._do(partial(self._append, sweep, added))
        stored = self._store_together(works) if works else None
        self._latest = stored or self._latest
        if stored and effects:
            wait([stored])
        for effect in effects:
            self._do(effect)

    def _do(self, effect: Callable[[], None]) -> None:
        """What fails (a log on a full disk, a thread too many) must not undo the rest."""
        try:
            effect()
        except Exception:  # noqa: BLE001 - whatever it is, the rest is done all the same
            _log.exception("what follows from a change of a job could not be done")

    def wait_until_stored(self) -> None:
        """Return when everything that was flushed can be read."""
        if self._latest:
            wait([self._latest])

    def _store_together(self, works: list[Work]) -> Future[None]:
        def together(conn: sqlite3.Connection) -> None:
            for work in works:
                work(conn)

        stored = self._store.write(together)
        stored.add_done_callback(lambda done: self._store_apart(works, done.exception()))
        return stored

    def _store_apart(self, works: list[Work], error: BaseException | None) -> None:
        """One bad write (disk full, a job that was deleted meanwhile) must not undo those of other jobs."""
        if error and len(works) == 1:
            _log.error("a change of a job could not be stored", exc_info=error)
        elif error:
            for work in works:
                self._store_together([work])


def _append_points(job: JobId, points: list[tuple[str, Point]]) -> Work:
    return lambda conn: metrics.append(conn, job, points)
