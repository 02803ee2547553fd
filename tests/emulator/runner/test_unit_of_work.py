"""What a turn writes."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage import Database, meta


def test_what_was_flushed_can_be_read_after_waiting_for_it(tmp_path: Path) -> None:
    store, held = Database.open(tmp_path / "amlet.db"), threading.Event()
    unit_of_work = UnitOfWork(store, lambda sweep, lines: None)

    def write(conn: sqlite3.Connection) -> None:
        held.wait(30)
        meta.put(conn, "key", b"value")

    unit_of_work.write(write)
    unit_of_work.flush()
    assert meta.get(store.reader(), "key") is None
    held.set()
    unit_of_work.wait_until_stored()
    assert meta.get(store.reader(), "key") == b"value"
    store.close()
