"""The one SQLite file and its one writer.

All writes go through one connection that commits them in groups: while one group is being committed the next one
gathers, so that durability costs a commit per group and not per write. A thread does it; small writes of coroutines are
committed by the thread of their event loop, where nothing is in their way (`loop_writes`). Readers have a connection
per thread and never wait for the writer (WAL).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from emulator.storage import migrations, schema
from emulator.storage.loop_writes import LoopWrites, Waiting, Write

T = TypeVar("T")

#: With "NORMAL" an acknowledged write survives `kill -9`; with "FULL" it survives a power cut too (an fsync per group).
Synchronous = Literal["NORMAL", "FULL"]

_LARGEST_GROUP = 512
_BEGIN = "BEGIN IMMEDIATE"  # takes the write lock at once; a deferred transaction could fail at its first write
_PATIENCE = 30_000  # milliseconds for which the writer's thread waits for another program that writes to the file
_CACHE = 32_768  # KiB that a reader keeps of the file at most: a search of a large state looks here and there
_MOMENT = 0.002  # seconds for which an event loop waits for a group of the job runner, which is as small as its own
_CHECKPOINT = 128  # groups of writes after which the log is taken into the file: some megabytes


class UnusableSchema(RuntimeError):
    """The file is not laid out as this version needs it, which would damage it."""


class NewerSchema(UnusableSchema):
    """The state was written by a newer version of the emulator."""

    def __init__(self, path: Path | str, found: int) -> None:
        super().__init__(
            f"{path} was written by a newer amlet: it has schema version {found}, "
            f"this amlet knows up to {schema.VERSION}. "
            "Upgrade amlet (pip install -U amlet), or choose another folder with --state-dir."
        )


class OlderSchema(UnusableSchema):
    """The state was written by a version of the emulator from before its release, or by another program."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(
            f"{path} was written by an older amlet that was never released, or by another program: its tables are not "
            "those of this amlet, and cannot be migrated to them. Empty the folder with `amlet emulator reset`, which "
            "removes its jobs, or choose another one with --state-dir."
        )


class StoreUnavailable(RuntimeError):
    """The state directory takes no writes for now: its disk is full, or fails. What was to be written is not."""


#: Errors of the machine and not of what is written; the same write may succeed later.
_OF_THE_MACHINE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
    }
)


def _seen(error: Exception) -> Exception:
    """An error as those who write shall see it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says more than is needed
    if not isinstance(error, sqlite3.Error) or code not in _OF_THE_MACHINE:
        return error
    unavailable = StoreUnavailable(f"the state directory cannot be written: {error}")
    unavailable.__cause__ = error
    return unavailable


class _Reader:
    """A thread's connection, closed when the thread ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


@dataclass(slots=True)
class _Outcome:
    future: Waiting
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Database:
    """Holds the writer and the readers of one store; make it with `open` or `in_memory`."""

    def __init__(self, path: Path | str, synchronous: Synchronous, *, inline: bool) -> None:
        self._path = str(path)
        self._synchronous = synchronous
        self._inline = inline
        self._lock = threading.RLock()
        self._committing = threading.Lock()
        self._local = threading.local()
        self._readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._queue: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._closed = False
        self._waiting = self._taken = 0  # writes that wait for the thread, and those that it has in hand
        self._patience = _PATIENCE
        self._groups = 0
        #: How many groups of writes were committed, or tried: what was read before is as it was while this is the same.
        self.commits = 0
        # An fsync for each group (FULL) is not for an event loop to wait for.
        self._in_loop = None if inline or synchronous == "FULL" else LoopWrites(self._commit_at_once, self.write)
        self._writer = self._connect()
        if inline:
            schema.create_in_memory(self._writer)
        else:
            self._prepare(path)
        self._thread = threading.Thread(target=self._run, name="amlet-store-writer", daemon=True)
        if not inline:
            self._thread.start()

    @classmethod
    def open(cls, path: Path, *, synchronous: Synchronous = "NORMAL") -> Database:
        """Open or make the file.

        Parameters:
            path: the file; its folder must exist.
            synchronous: what an acknowledged write survives.

        Raises:
            NewerSchema: the file is from a newer version.
            OlderSchema: the file is neither of this nor of an older amlet; it is left as it was.
        """
        # SQLite would make the file with the umask's mode, and other users of the machine could read every job.
        path.touch(mode=0o600)
        return cls(path, synchronous, inline=False)

    @classmethod
    def in_memory(cls) -> Database:
        """A store without a file, for tests and simulations: writes run at once, in the calling thread."""
        return cls(":memory:", "NORMAL", inline=True)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `work` on the writer, all or nothing.

        The future resolves only after COMMIT. What `work` raises undoes this write alone and comes out of the future.
        `work` must be quick and must not wait for another write.
        """
        future: Future[T] = Future()
        if self._inline:
            with self._lock:
                self._commit([Write(work, future)])
            return future
        with self._lock:
            if self._closed:
                raise RuntimeError("the store is closed: the emulator is stopping")
            self._waiting += 1
            self._queue.put(Write(work, future))
        return future

    def write_here(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """As `write`, in the calling thread, which would wait for it in any case: it saves two changes of threads.

        Not for writes that have to come after others whose futures are not done yet.
        """
        if self._inline:
            return self.write(work)
        future: Future[T] = Future()
        with self._committing:
            if self._closed:
                raise RuntimeError("the store is closed: the emulator is stopping")
            self._be_patient(_PATIENCE)
            self._commit([Write(work, future)])
        return future

    async def write_async(self, work: Callable[[sqlite3.Connection], T], *, is_small: bool = False) -> T:
        """As `write`, for a coroutine.

        Parameters:
            is_small: it takes microseconds, so that the event loop may do it itself: two changes of threads cost more.
        """
        if is_small and self._in_loop is not None:
            return await self._in_loop.add(work)
        future = self.write(work)
        return future.result() if future.done() else await asyncio.wrap_future(future)

    def reader(self) -> sqlite3.Connection:
        """This thread's connection for reading; it sees every write that was acknowledged."""
        if self._inline:
            return self._writer
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = _Reader(self._connect())
            # A write on a reader's connection would pass the writer by; SQLite refuses it here.
            reader.connection.execute("PRAGMA query_only = ON")
            reader.connection.execute(f"PRAGMA cache_size = -{_CACHE}")
            with self._lock:
                self._readers.add(reader)
        return reader.connection

    def close(self) -> None:
        """Commit what was handed in and let go of the file; the folder may then be copied."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        if not self._inline:
            self._thread.join()
        with self._lock:
            for reader in self._readers:
                reader.connection.close()
        with self._committing:
            self._writer.close()  # the last one: it takes the log into the file

    def _connect(self) -> sqlite3.Connection:
        # Autocommit, as transactions are begun by hand; connections are closed by the thread that closes the store.
        connection = sqlite3.connect(
            self._path, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        # Off by default in SQLite, and a property of the connection: jobs are deleted with all that belongs to them.
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _prepare(self, path: Path | str) -> None:
        try:
            self._check(path)
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute(f"PRAGMA synchronous = {self._synchronous}")
            # By the thread, whose turn it is then: an event loop must not wait for the disk.
            self._writer.execute("PRAGMA wal_autocheckpoint = 0")
        except BaseException:
            self._writer.close()
            raise

    def _check(self, path: Path | str) -> None:
        """Make the tables in an empty file, migrate those of an older amlet, and refuse any other file."""
        try:
            if (version := schema.version_of(self._writer)) > schema.VERSION:
                raise NewerSchema(path, version)
            if schema.is_empty(self._writer):
                schema.create(self._writer)
            elif version < schema.VERSION:
                migrations.migrate(self._writer)
            elif not schema.is_current(self._writer):
                raise OlderSchema(path)
        except migrations.CannotMigrate as error:
            raise OlderSchema(path) from error
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise
            raise OlderSchema(path) from None

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            with self._committing:
                self._be_patient(_PATIENCE)
                self._commit(self._gather(first))
                with self._lock:
                    self._waiting -= self._taken
                if self._groups >= _CHECKPOINT:
                    self._checkpoint()

    def _gather(self, first: Write) -> Iterator[Write]:
        """The first write and all that came in meanwhile."""
        self._taken = 1
        yield first
        for _ in range(_LARGEST_GROUP - 1):
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                return
            if following is None:
                self._queue.put(None)  # for `_run`, after this group
                return
            self._taken += 1
            yield following

    def _commit_at_once(self, writes: Iterable[Write]) -> bool:
        """Commit writes in the calling thread, or tell that they would have to wait: then nothing was done."""
        # None overtakes what was handed to the thread before.
        if self._waiting or self._closed or not self._committing.acquire(timeout=_MOMENT):
            return False
        try:
            self._be_patient(0)
            try:
                self._writer.execute(_BEGIN)
            except sqlite3.Error:  # whatever it is, the thread meets it too, and may wait for it
                return False
            self._commit(writes)
            if self._groups == _CHECKPOINT:
                self.write(lambda conn: None)  # the thread makes the checkpoint
            return True
        finally:
            self._committing.release()

    def _be_patient(self, milliseconds: int) -> None:
        """Wait so long for another program that writes to the file (`sqlite3`, a backup)."""
        if self._patience != milliseconds:
            self._patience = milliseconds
            self._writer.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def _checkpoint(self) -> None:
        """Take the log into the file, or else it grows; what cannot be done now is done another time."""
        self._groups = 0
        with contextlib.suppress(sqlite3.Error):
            self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _commit(self, writes: Iterable[Write]) -> None:
        connection = self._writer
        outcomes: list[_Outcome] = []
        self._groups += 1
        try:
            if not connection.in_transaction:
                connection.execute(_BEGIN)
            for work, future in writes:
                if future.set_running_or_notify_cancel():
                    outcomes.append(_Outcome(future))
                    self._apply(work, outcomes[-1])
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - a lost group must reach everyone who waits for it
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):  # SQLite rolls it back before it begins another
                    connection.execute("ROLLBACK")
            if not outcomes:  # there was no transaction to begin with
                first = next(iter(writes))
                if first.future.set_running_or_notify_cancel():
                    outcomes.append(_Outcome(first.future))
            for outcome in outcomes:
                outcome.error = _seen(error)
        self.commits += 1  # not before the commit: what is read in between is not yet as it leaves things
        for outcome in outcomes:
            outcome.tell()

    def _apply(self, work: Callable[[sqlite3.Connection], Any], outcome: _Outcome) -> None:
        connection = self._writer
        # A savepoint for each write: what one of them raises must not undo the others of its group.
        connection.execute("SAVEPOINT one_write")
        try:
            outcome.result = work(connection)
        except Exception as error:
            if not connection.in_transaction:  # SQLite itself gave the whole group up: disk full, I/O error
                raise
            connection.execute("ROLLBACK TO one_write")
            outcome.error = _seen(error)
        connection.execute("RELEASE one_write")
