from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emulator.storage import Database, NewerSchema, OlderSchema, meta, schema

_WRITER = """
import sys
from pathlib import Path
from emulator.storage import Database, meta
store = Database.open(Path(sys.argv[1]))
for number in range(10**9):
    store.write(lambda conn: meta.put(conn, f"k{number}", b"v")).result()
    print(number, flush=True)
"""


def put(key: str, value: bytes = b"v"):  # type: ignore[no-untyped-def]
    return lambda conn: meta.put(conn, key, value)


def test_a_write_is_seen_by_readers_once_it_is_acknowledged(store: Database) -> None:
    store.write(put("a", b"1")).result()
    assert meta.get(store.reader(), "a") == b"1"


def test_what_a_write_returns_comes_out_of_its_future(store: Database) -> None:
    assert store.write(lambda conn: 42).result() == 42


def test_a_write_that_raises_undoes_itself_alone(store: Database) -> None:
    def half(conn: sqlite3.Connection) -> None:
        meta.put(conn, "half", b"v")
        raise RuntimeError("no")

    before, failing, after = store.write(put("before")), store.write(half), store.write(put("after"))
    with pytest.raises(RuntimeError, match="no"):
        failing.result()
    before.result()
    after.result()
    kept = [key for key in ("before", "half", "after") if meta.get(store.reader(), key)]
    assert kept == ["before", "after"]


def test_a_write_in_the_calling_thread_is_stored_when_it_returns(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    written = store.write_here(lambda conn: (meta.put(conn, "here", b"v"), threading.current_thread()))
    assert written.done()
    assert written.result()[1] is threading.current_thread()
    assert meta.get(store.reader(), "here") == b"v"
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.write_here(put("late"))


def test_a_write_in_the_calling_thread_shares_no_transaction_with_one_that_fails_meanwhile(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    begun, go = threading.Event(), threading.Event()

    def failing(conn: sqlite3.Connection) -> None:
        meta.put(conn, "half", b"v")
        begun.set()
        assert go.wait(10)
        raise RuntimeError("no")

    other = store.write(failing)
    assert begun.wait(10)
    threading.Timer(0, go.set).start()
    store.write_here(put("here")).result()
    with pytest.raises(RuntimeError, match="no"):
        other.result(10)
    assert [key for key in ("half", "here") if meta.get(store.reader(), key)] == ["here"]
    store.close()


def test_writes_that_gather_meanwhile_share_one_commit(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    begun, go = threading.Event(), threading.Event()

    def blocking(conn: sqlite3.Connection) -> None:
        begun.set()
        assert go.wait(10)

    commits: list[str] = []
    store.write(lambda conn: conn.set_trace_callback(commits.append)).result()
    first = store.write(blocking)
    assert begun.wait(10)
    others = [store.write(put(f"k{number}")) for number in range(50)]
    assert not any(other.done() for other in others)
    go.set()
    for future in [first, *others]:
        future.result()
    store.close()
    assert commits.count("COMMIT") <= 2  # that of the trace's own write may be counted too


def test_no_future_resolves_before_its_commit(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    other = sqlite3.connect(tmp_path / "amlet.db")
    for number in range(200):
        store.write(put(f"k{number}")).result()
        assert meta.get(other, f"k{number}") is not None
    other.close()
    store.close()


def test_a_lost_commit_reaches_everyone_who_waits_for_it(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")

    def end_the_transaction(conn: sqlite3.Connection) -> None:
        conn.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk full")

    with pytest.raises(sqlite3.OperationalError, match="disk full"):
        store.write(end_the_transaction).result()
    store.write(put("later")).result()
    assert meta.get(store.reader(), "later") == b"v"
    store.close()


def test_a_coroutine_can_wait_for_a_write(store: Database) -> None:
    async def use() -> bytes | None:
        await store.write_async(put("a", b"1"))
        return meta.get(store.reader(), "a")

    assert asyncio.run(use()) == b"1"


def test_readers_cannot_write(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        meta.put(store.reader(), "a", b"1")
    store.close()


def test_each_thread_reads_through_a_connection_of_its_own(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    found: list[sqlite3.Connection] = []
    thread = threading.Thread(target=lambda: found.append(store.reader()))
    thread.start()
    thread.join()
    assert found[0] is not store.reader()
    assert store.reader() is store.reader()
    store.close()


def test_close_commits_what_was_handed_in_and_refuses_more(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    last = [store.write(put(f"k{number}")) for number in range(100)][-1]
    store.close()
    assert last.done()
    with pytest.raises(RuntimeError, match="closed"):
        store.write(put("late"))


def test_after_close_the_folder_holds_the_state_in_one_file(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    store.write(put("a")).result()
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["amlet.db"]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Database.open(tmp_path / "amlet.db").close()
    assert (tmp_path / "amlet.db").stat().st_mode & 0o077 == 0


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "amlet.db"
    Database.open(path).close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    newer.close()
    content = path.read_bytes()
    with pytest.raises(NewerSchema) as refused:
        Database.open(path)
    text = str(refused.value)
    assert str(path) in text
    assert f"version {schema.VERSION + 1}" in text
    assert f"up to {schema.VERSION}" in text
    assert "--state-dir" in text
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE jobs DROP COLUMN seed",
        "DROP TABLE decisions",
        "DROP INDEX jobs_open",
        "ALTER TABLE jobs ADD COLUMN colour",
    ],
)
def test_a_file_with_the_tables_of_an_older_version_is_refused_and_left_as_it_is(tmp_path: Path, change: str) -> None:
    path = tmp_path / "amlet.db"
    Database.open(path).close()
    older = sqlite3.connect(path)
    older.execute(change)
    older.close()
    content = path.read_bytes()
    with pytest.raises(OlderSchema, match=r"older amlet.*`amlet emulator reset`.*--state-dir") as refused:
        Database.open(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == content


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "amlet.db"
    path.write_bytes(b"notes, not tables\n" * 100)
    with pytest.raises(OlderSchema, match="another program"):
        Database.open(path)
    assert path.read_bytes() == b"notes, not tables\n" * 100


def test_every_acknowledged_write_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "amlet.db"
    process = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(200)][-1]
    process.kill()
    rest = process.stdout.read().split("\n")
    process.wait()
    process.stdout.close()
    acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
    store = Database.open(path)
    missing = [number for number in range(acknowledged + 1) if meta.get(store.reader(), f"k{number}") is None]
    store.close()
    assert missing == []


def test_a_reader_goes_with_its_thread(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    found: list[sqlite3.Connection] = []
    for _ in range(3):
        thread = threading.Thread(target=lambda: found.append(store.reader()))
        thread.start()
        thread.join()
    for connection in found:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
    store.close()
