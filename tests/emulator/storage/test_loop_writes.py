"""Small writes of coroutines: committed by the thread of their event loop, unless they would have to wait."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.storage import Database, meta

Work = Callable[[sqlite3.Connection], threading.Thread]


def put(key: str) -> Work:
    """Store something; the thread that does it."""

    def work(conn: sqlite3.Connection) -> threading.Thread:
        meta.put(conn, key, b"v")
        return threading.current_thread()

    return work


def kept(store: Database, *keys: str) -> list[str]:
    """Those of the keys that are stored."""
    return [key for key in keys if meta.get(store.reader(), key)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "amlet.db")
    yield database
    database.close()


def test_the_writes_of_one_turn_share_one_commit_in_the_thread_of_the_loop(store: Database) -> None:
    commits: list[str] = []
    store.write(lambda conn: conn.set_trace_callback(commits.append)).result()

    async def use() -> list[threading.Thread]:
        return await asyncio.gather(*(store.write_async(put(f"k{number}"), is_small=True) for number in range(20)))

    commits.clear()
    assert set(asyncio.run(use())) == {threading.current_thread()}
    assert commits.count("COMMIT") == 1
    assert len(kept(store, *(f"k{number}" for number in range(20)))) == 20


def test_others_are_answered_between_two_groups_of_many_writes(store: Database) -> None:
    order: list[str] = []

    async def write(number: int) -> None:
        await store.write_async(put(f"k{number}"), is_small=True)
        order.append("write")

    async def use() -> None:
        writes = [asyncio.create_task(write(number)) for number in range(200)]
        while not order:
            await asyncio.sleep(0)
        order.append("other")
        await asyncio.gather(*writes)

    asyncio.run(use())
    assert 0 < order.index("other") < 200


def test_writes_that_come_a_moment_later_share_the_commit(store: Database) -> None:
    commits: list[str] = []
    store.write(lambda conn: conn.set_trace_callback(commits.append)).result()

    async def later() -> None:
        await asyncio.sleep(0)
        await store.write_async(put("later"), is_small=True)

    async def use() -> None:
        await asyncio.gather(store.write_async(put("first"), is_small=True), later())

    commits.clear()
    asyncio.run(use())
    assert commits.count("COMMIT") == 1
    assert kept(store, "first", "later") == ["first", "later"]


def test_a_write_that_raises_undoes_itself_alone(store: Database) -> None:
    def half(conn: sqlite3.Connection) -> None:
        meta.put(conn, "half", b"v")
        raise RuntimeError("no")

    async def use() -> list[object]:
        works = [put("before"), half, put("after")]
        return await asyncio.gather(*(store.write_async(work, is_small=True) for work in works), return_exceptions=True)

    assert str(asyncio.run(use())[1]) == "no"
    assert kept(store, "before", "half", "after") == ["before", "after"]


@pytest.mark.parametrize("small", [True, False])
def test_a_write_does_not_overtake_one_that_was_handed_to_the_thread(store: Database, small: bool) -> None:
    begun, go = threading.Event(), threading.Event()

    def blocking(conn: sqlite3.Connection) -> None:
        begun.set()
        assert go.wait(10)
        meta.put(conn, "key", b"first")

    async def use() -> None:
        store.write(blocking)
        assert begun.wait(10)
        later = asyncio.create_task(store.write_async(lambda conn: meta.put(conn, "key", b"later"), is_small=small))
        while not later.done():
            go.set()
            await asyncio.sleep(0)

    asyncio.run(use())
    assert meta.get(store.reader(), "key") == b"later"


def test_the_loop_does_not_wait_for_another_program_that_writes(store: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "amlet.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def use() -> threading.Thread:
        written = asyncio.create_task(store.write_async(put("a"), is_small=True))
        for _ in range(20):
            await asyncio.sleep(0)  # the loop goes on
        assert not written.done()
        other.execute("COMMIT")
        return await written

    assert asyncio.run(use()) is not threading.current_thread()
    other.close()
    assert kept(store, "a") == ["a"]


def test_a_write_that_nobody_waits_for_any_more_is_not_made(store: Database) -> None:
    async def use() -> None:
        given_up = asyncio.create_task(store.write_async(put("given up"), is_small=True))
        await asyncio.sleep(0)
        given_up.cancel()
        await store.write_async(put("other"), is_small=True)

    asyncio.run(use())
    assert kept(store, "given up", "other") == ["other"]


def test_where_each_group_is_synced_the_thread_does_it(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db", synchronous="FULL")
    assert asyncio.run(store.write_async(put("a"), is_small=True)) is not threading.current_thread()
    store.close()


def test_after_many_groups_the_log_is_taken_into_the_file(store: Database, tmp_path: Path) -> None:
    async def use() -> None:
        for number in range(300):
            await store.write_async(put(f"k{number}"), is_small=True)

    asyncio.run(use())
    store.write(lambda conn: None).result()
    main_file = (tmp_path / "amlet.db").read_bytes()
    assert b"k0" in main_file


def test_a_closed_store_takes_no_write(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(store.write_async(put("late"), is_small=True))
