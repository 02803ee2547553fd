"""The turns of the loop that owns all running jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.clock import VirtualClock
from emulator.runner.computes import Computes
from emulator.runner.loop import Loop
from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage import Database, meta


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = Database.open(tmp_path / "amlet.db")
    yield store
    store.close()


@pytest.fixture
def loop(store: Database) -> Loop:
    unit_of_work = UnitOfWork(store, lambda job, lines: None)
    return Loop(VirtualClock(), unit_of_work, Computes(lambda workspace, compute: 1), largest=2, linger=0.001)


def keep(loop: Loop, key: str) -> Callable[[], None]:
    return lambda: loop.unit_of_work.write(lambda conn: meta.put(conn, key, b"x"))


def kept(loop: Loop, store: Database, key: str) -> bool:
    loop.unit_of_work.wait_until_stored()
    return meta.get(store.reader(), key) is not None


def test_what_nobody_waits_for_is_stored_when_nothing_else_comes(loop: Loop, store: Database) -> None:
    loop.soon(keep(loop, "a"))
    loop.wait()
    assert not kept(loop, store, "a")
    loop.wait()
    assert kept(loop, store, "a")


def test_what_something_waits_for_is_stored_at_once_with_all_before_it(loop: Loop, store: Database) -> None:
    loop.soon(keep(loop, "a"))
    loop.wait()
    done: list[bool] = []
    loop.soon(lambda: loop.unit_of_work.afterwards(lambda: done.append(kept(loop, store, "a"))))
    loop.wait()
    assert done == [True]


def test_many_writes_do_not_wait(loop: Loop, store: Database) -> None:
    for key in "abc":
        loop.soon(keep(loop, key))
    loop.wait()
    assert kept(loop, store, "c")


def test_a_loop_that_halts_stores_everything(loop: Loop, store: Database) -> None:
    loop.soon(keep(loop, "a"))
    loop.close()
    loop.wait()
    assert kept(loop, store, "a")
