"""What a turn writes."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage import Database, meta


def test_a_few_writes_that_nothing_waits_for_are_stored_in_the_thread_that_flushes(tmp_path: Path) -> None:
    store, threads = Database.open(tmp_path / "amlet.db"), []
    unit_of_work = UnitOfWork(store, lambda sweep, lines: None)
    unit_of_work.write(lambda conn: threads.append(threading.current_thread()))
    unit_of_work.flush()
    assert threads == [threading.current_thread()]
    store.close()


def test_what_was_flushed_can_be_read_after_waiting_for_it(tmp_path: Path) -> None:
    store, held = Database.open(tmp_path / "amlet.db"), threading.Event()
    unit_of_work = UnitOfWork(store, lambda sweep, lines: None)

    def write(conn: sqlite3.Connection) -> None:
        held.wait(30)
        meta.put(conn, "key", b"value")

    for _ in range(100):  # many are left to the store's thread
        unit_of_work.write(write)
    unit_of_work.flush()
    assert meta.get(store.reader(), "key") is None
    held.set()
    unit_of_work.wait_until_stored()
    assert meta.get(store.reader(), "key") == b"value"
    store.close()
