"""Hostile snapshots are refused, and a restore that is interrupted leaves one state or the other."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from amlet.testing.emulator_instance import signing_key
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.services.blobs import blob_service
from emulator.services.context import Emulator
from emulator.services.snapshots import SnapshotError, Snapshots
from emulator.services.state_swap import StateSwap
from emulator.settings import Settings
from emulator.storage import Database
from emulator.storage.blobs import Properties
from tests.emulator.conftest import IdleJobRunner
from tests.emulator.studio import states

WORKSPACE = states.WORKSPACE
Change = Callable[[sqlite3.Connection], object]


def script(text: str) -> Change:
    return lambda conn: conn.executescript(text)


def with_schema(text: str) -> Change:
    """What SQLite itself would not let be made."""
    return script(f"PRAGMA writable_schema = ON; {text}; PRAGMA writable_schema = RESET;")


ENDLESS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT i"

HOSTILE: dict[str, Change] = {
    "a view that never ends in the place of a table": script(
        f"DROP TABLE points; CREATE VIEW points AS {ENDLESS} AS series, i AS n, 0.5 AS value, i AS at, i AS step FROM n"
    ),
    "a view besides": script("CREATE VIEW more AS SELECT 1;"),
    "a trigger": script("CREATE TRIGGER t AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END;"),
    "a table more": script("CREATE TABLE more (x);"),
    "a table less": script("DROP TABLE decisions;"),
    "an index less": script("DROP INDEX jobs_listed;"),
    "a virtual table": with_schema(
        "INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING fts5(x)')"
    ),
    "a virtual table in the place of one": with_schema(
        "UPDATE sqlite_schema SET rootpage = 0, sql = 'CREATE VIRTUAL TABLE decisions USING generate_series' "
        "WHERE name = 'decisions'"
    ),
    "a column that is computed": script(
        "DROP TABLE decisions; CREATE TABLE decisions (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, "
        "at INTEGER NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL AS (hex(zeroblob(500000000))));"
        "CREATE INDEX decisions_of_job ON decisions (job, id);"
    ),
    "a job that is called as a path": script("UPDATE jobs SET name = '../../../../../../etc/cron.d/x';"),
    "a job with a control sequence": script("UPDATE jobs SET name = 'a' || char(27) || '[2J';"),
    "a status that there is not": script("UPDATE jobs SET status = 'Nonsense';"),
    "an event that there is not": script("UPDATE events SET status = 'Nonsense';"),
    "a type that is not served": script("UPDATE jobs SET type = 'AutoML';"),
    "a body that is not JSON": script("UPDATE jobs SET body = '{';"),
    "a body that is bytes": script("UPDATE jobs SET body = x'7b7d';"),
    "a time that is a text": script("UPDATE jobs SET created = 'now';"),
    "a number that is a text": script("UPDATE events SET attempt = 'many';"),
    "a workspace with the id of another": script("PRAGMA foreign_keys = OFF; UPDATE workspaces SET guid = '../x';"),
    "rows of nobody": script("PRAGMA foreign_keys = OFF; DELETE FROM workspaces;"),
    "another version": script("PRAGMA user_version = 999;"),
}


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    made = make_emulator()
    fill(made, "kept", b"content")
    return made


def fill(emulator: Emulator, name: str, content: bytes) -> None:
    states.write(emulator.store, states.job, name, 1_700_000_000.0)
    blobs = blob_service(emulator).store
    blobs.create_container("container")
    with blobs.upload("container", "blob") as upload:
        upload.write(content)
        upload.finish(Properties(content_type="text/plain"))


def state_of(emulator: Emulator) -> tuple[list[str], bytes]:
    names = sorted(name for (name,) in emulator.store.reader().execute("SELECT name FROM jobs"))
    _, file = blob_service(emulator).store.open("container", "blob")
    with file:
        return names, file.read()


def changed(path: Path, change: Change) -> None:
    """Change the database in a snapshot."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    database = path.with_suffix(".db")
    database.write_bytes(parts["amlet.db"])
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        change(connection)
    repacked(path, parts | {"amlet.db": database.read_bytes()})


def repacked(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_snapshot_is_refused_and_the_state_stays(emulator: Emulator, change: Change) -> None:
    snapshots = Snapshots(emulator)
    snapshot = snapshots.save("hostile")
    changed(snapshot.path, change)
    before = state_of(emulator)
    with pytest.raises(SnapshotError, match="snapshot 'hostile' cannot be loaded: "):
        snapshots.load(snapshot)
    assert state_of(emulator) == before
    assert not (emulator.place.state_dir / "replacing").exists()


@pytest.mark.parametrize("part", ["amlet.db-journal", "amlet.db-wal", "runs/x", "lock", "artifacts"])
def test_a_part_that_no_snapshot_has_is_refused(emulator: Emulator, part: str) -> None:
    snapshots = Snapshots(emulator)
    snapshot = snapshots.save("hostile")
    with zipfile.ZipFile(snapshot.path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist() if not name.startswith(f"{part}/")}
    repacked(snapshot.path, parts | {part: b"x"})
    with pytest.raises(SnapshotError, match="is not a part of a snapshot"):
        snapshots.load(snapshot)


def test_a_snapshot_with_any_bytes_changed_is_refused_or_loaded_and_never_hangs(emulator: Emulator) -> None:
    snapshots = Snapshots(emulator)
    snapshot = snapshots.save("fuzzed")
    with zipfile.ZipFile(snapshot.path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    chance = random.Random(17)
    refused = 0
    for _ in range(60):
        database = bytearray(parts["amlet.db"])
        for _ in range(chance.choice([1, 3, 20])):
            database[chance.randrange(len(database))] = chance.randrange(256)
        repacked(snapshot.path, parts | {"amlet.db": bytes(database)})
        try:
            snapshots.load(snapshot)
        except SnapshotError:
            refused += 1
        state_of(emulator)
    assert refused > 10


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"[[1]]", b'[[[1, 7], {"content_type": "a\\nb: c"}]]', b"[[[1, 7], 5]]"]
)
def test_properties_that_cannot_be_headers_are_as_none(emulator: Emulator, content: bytes) -> None:
    store = blob_service(emulator).store
    (file,) = [path for path in (store.hidden / "properties").rglob("*") if path.is_file()]
    file.write_bytes(content)
    assert store.stat("container", "blob").properties == Properties()


def test_no_key_of_the_emulator_is_in_a_snapshot(emulator: Emulator) -> None:
    from emulator.services.jobs.jobs import JobService

    service = JobService(emulator)
    document = bytes(service.get(WORKSPACE, "kept"))
    secrets = emulator.secrets
    assert secrets.page_key.encode() in document
    path = Snapshots(emulator).save("s").path
    with zipfile.ZipFile(path) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    for secret in (secrets.page_key, secrets.client_secret, secrets.identity_header, secrets.account_key):
        assert secret.encode() not in everything


_RESTORE = """
import os, sys
from pathlib import Path
from tests.emulator.services.test_hostile_snapshots import reopened
from emulator.services.snapshots import Snapshots
from emulator.storage import Database
last, seen = int(sys.argv[2]), 0
def moment():
    global seen
    if seen == last:
        os._exit(9)
    seen += 1
def around(real):
    def call(*a, **k):
        moment()
        result = real(*a, **k)
        moment()
        return result
    return call
emulator = reopened(Path(sys.argv[1]))
snapshots = Snapshots(emulator)
committing = emulator.store.write
def write(work):
    moment()
    committing(work).result()
    moment()
    return committing(lambda conn: None)
emulator.store.write = write
os.rename = around(os.rename)
snapshots.load(snapshots.named("s"))
os._exit(0)
"""


def reopened(folder: Path) -> Emulator:
    """The emulator of a state directory, as the next process has it."""
    store, config = Database.open(folder / "amlet.db"), EmulatorConfig(Settings(), signing_key=signing_key())
    place = Place(folder, "https://127.0.0.1:8443", "http://127.0.0.1:8480")
    return replace(build(config, place, store), job_runner=IdleJobRunner())


@pytest.mark.slow
def test_a_restore_that_is_killed_anywhere_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    found = set()
    for last in range(40):
        folder = tmp_path / str(last)
        folder.mkdir()
        emulator = reopened(folder)
        fill(emulator, "old", b"old")
        Snapshots(emulator).save("s")
        fill(emulator, "new", b"new")
        emulator.store.close()
        ended = subprocess.run([sys.executable, "-c", _RESTORE, str(folder), str(last)], check=False).returncode
        again = reopened(folder)
        StateSwap(again.store, again.place).finish()
        state = state_of(again)
        again.store.close()
        assert state in ((["old"], b"old"), (["new", "old"], b"new")), f"killed at {last}"
        found.add(state[1])
        assert not (folder / "replacing").exists()
        if ended == 0:
            break
        assert ended == 9
    assert ended == 0
    assert found == {b"old", b"new"}
