from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.services.context import Emulator
from emulator.storage import meta
from tests.emulator.api.control.conftest import START, WORKSPACE, Send, job_url, put_sweep, status_of

_ZIP = ".amlet.zip"


def save(send: Send, name: str = "before") -> dict[str, Any]:
    answer = send("POST", "/_amlet/snapshot", json={"name": name})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def restore(send: Send, name: str = "before") -> httpx.Response:
    return send("POST", "/_amlet/restore", json={"name": name})


def jobs(send: Send) -> list[str]:
    return [job["name"] for job in send("GET", f"{WORKSPACE}/jobs?api-version=2024-10-01").json()["value"]]


def rows(emulator: Emulator) -> dict[str, list[Any]]:
    """All rows of the state, kept documents aside."""
    conn = emulator.store.reader()
    names = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in names if name != "meta"}
    columns = [name for _, name, *_ in conn.execute("PRAGMA table_info(jobs)")]
    place = columns.index("document")
    found["jobs"] = [row[:place] + row[place + 1 :] for row in found["jobs"]]
    return found


@pytest.fixture
def ended(emulator: Emulator, send: Send) -> Send:
    """A sweep has run to its end, and left a file."""
    put_sweep(send)
    send("POST", "/_amlet/clock", json={"settle": True})
    assert status_of(send) == "Completed"
    folder = emulator.place.run_artifacts(WORKSPACE, "one")
    (folder / "outputs").mkdir(parents=True)
    (folder / "outputs" / "model.txt").write_text("weights")
    return send


def test_a_saved_state_comes_back_whole(emulator: Emulator, ended: Send) -> None:
    before, document = rows(emulator), ended("GET", job_url("one")).json()
    save(ended)
    put_sweep(ended, "two")
    ended("POST", "/_amlet/clock", json={"settle": True})
    assert emulator.clock.now() == START + 7200
    model = emulator.place.run_artifacts(WORKSPACE, "one") / "outputs" / "model.txt"
    model.write_text("spoiled")
    assert restore(ended).status_code == 200
    assert rows(emulator) == before
    assert emulator.clock.now() == START + 3600
    assert ended("GET", job_url("one")).json() == document
    assert model.read_text() == "weights"
    assert jobs(ended) == ["one"]


def test_work_goes_on_after_a_restore(ended: Send) -> None:
    save(ended)
    restore(ended)
    put_sweep(ended, "two")
    ended("POST", "/_amlet/clock", json={"settle": True})
    assert status_of(ended, "two") == "Completed"


def test_a_sweep_that_was_under_way_goes_on_where_it_was_saved(send: Send) -> None:
    put_sweep(send)
    send("POST", "/_amlet/clock", json={"advance": 1800})
    save(send)
    send("POST", f"{WORKSPACE}/jobs/one/cancel?api-version=2024-10-01")
    send("POST", "/_amlet/clock", json={"settle": True})
    assert status_of(send) == "Canceled"
    restore(send)
    assert status_of(send) == "Running"
    send("POST", "/_amlet/clock", json={"settle": True})
    assert status_of(send) == "Completed"


def test_a_snapshot_holds_no_key_of_the_emulator(emulator: Emulator, ended: Send, tmp_path: Path) -> None:
    save(ended)
    file = ended("GET", "/_amlet/snapshot/before").content
    (tmp_path / "copy.zip").write_bytes(file)
    with zipfile.ZipFile(tmp_path / "copy.zip") as packed:
        database = packed.read("amlet.db")
    master = meta.get(emulator.store.reader(), "master_secret")
    assert master
    assert master not in database
    (tmp_path / "copy.db").write_bytes(database)
    with sqlite3.connect(tmp_path / "copy.db") as conn:
        assert conn.execute("SELECT count(*) FROM meta").fetchone() == (0,)
    conn.close()


def test_a_restore_keeps_the_keys_of_the_emulator(emulator: Emulator, ended: Send) -> None:
    before = meta.get(emulator.store.reader(), "master_secret")
    save(ended)
    restore(ended)
    assert meta.get(emulator.store.reader(), "master_secret") == before


def test_snapshots_are_listed_replaced_downloaded_uploaded_and_removed(ended: Send) -> None:
    save(ended, "b")
    save(ended, "a")
    save(ended, "a")
    assert [one["name"] for one in ended("GET", "/_amlet/snapshot").json()["value"]] == ["a", "b"]
    file = ended("GET", "/_amlet/snapshot/a")
    assert file.headers["content-type"] == "application/zip"
    assert ended("PUT", "/_amlet/snapshot/c", content=file.content).status_code == 201
    ended("POST", "/_amlet/reset")
    assert restore(ended, "c").status_code == 200
    assert jobs(ended) == ["one"]
    assert ended("DELETE", "/_amlet/snapshot/c").status_code == 204
    assert restore(ended, "c").status_code == 404


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a" * 65, "a\\b", "a b", "ü"])
def test_a_name_that_could_lead_elsewhere_is_refused(send: Send, name: str) -> None:
    for path in ("snapshot", "restore"):
        assert send("POST", f"/_amlet/{path}", json={"name": name}).status_code == 400


@pytest.fixture
def unfit(send: Send, tmp_path: Path) -> Callable[[str, dict[str, bytes]], httpx.Response]:
    """Upload a forged snapshot and restore it."""

    def upload(name: str, files: dict[str, bytes]) -> httpx.Response:
        with zipfile.ZipFile(tmp_path / "forged.zip", "w") as packed:
            for inner, content in files.items():
                packed.writestr(inner, content)
        send("PUT", f"/_amlet/snapshot/{name}", content=(tmp_path / "forged.zip").read_bytes())
        return restore(send, name)

    return upload


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": b""}, "is not a part of a snapshot"),
        ({"manifest.json": b'{"format": 9}'}, "it has format 9, this amlet reads 1"),
        ({"manifest.json": b'{"format": 1}'}, "it is not an SQLite file"),
        ({"manifest.json": b'{"format": 1}', "amlet.db": b"hello" * 1000}, "it is not an SQLite file"),
        ({"manifest.json": b'{"format": 1}', "../up": b""}, "not a name of a file below its folder"),
    ],
)
def test_a_file_that_is_no_snapshot_changes_nothing(
    emulator: Emulator,
    ended: Send,
    unfit: Callable[[str, dict[str, bytes]], httpx.Response],
    files: dict[str, bytes],
    message: str,
) -> None:
    before = rows(emulator)
    answer = unfit("forged", files)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]
    assert rows(emulator) == before
    assert status_of(ended) == "Completed"


def test_a_database_with_other_tables_is_refused(
    tmp_path: Path, unfit: Callable[[str, dict[str, bytes]], httpx.Response]
) -> None:
    conn = sqlite3.connect(tmp_path / "other.db")
    conn.executescript("PRAGMA user_version = 1; CREATE TABLE jobs (id); CREATE VIEW meta AS SELECT 1;")
    conn.close()
    files = {"manifest.json": b'{"format": 1}', "amlet.db": (tmp_path / "other.db").read_bytes()}
    assert "another version of amlet" in unfit("other", files).json()["error"]["message"]


@pytest.fixture
def forge(emulator: Emulator, ended: Send, tmp_path: Path) -> Callable[[str], httpx.Response]:
    """Save the state, change its database by a statement, and restore it."""

    def change(statement: str) -> httpx.Response:
        save(ended)
        path = emulator.place.state_dir / "snapshots" / f"before{_ZIP}"
        with zipfile.ZipFile(path) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        (tmp_path / "forged.db").write_bytes(files["amlet.db"])
        conn = sqlite3.connect(tmp_path / "forged.db")
        conn.execute(statement)
        conn.commit()
        conn.close()
        files["amlet.db"] = (tmp_path / "forged.db").read_bytes()
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        return restore(ended)

    return change


def test_attempts_of_another_machine_are_not_taken_over(
    emulator: Emulator, forge: Callable[[str], httpx.Response]
) -> None:
    assert forge("INSERT INTO attempts (job, number, reach, record) VALUES (1, 1, '', 'record')").status_code == 200
    assert rows(emulator)["attempts"] == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM experiments", "rows of jobs belong to others that are missing"),
        ("CREATE TRIGGER evil AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END", "trigger 'evil' differs"),
    ],
)
def test_rows_that_cannot_be_leave_the_state_as_it_is(
    emulator: Emulator, ended: Send, forge: Callable[[str], httpx.Response], statement: str, message: str
) -> None:
    before = rows(emulator)
    answer = forge(statement)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]
    assert rows(emulator) == before
    put_sweep(ended, "two")
    ended("POST", "/_amlet/clock", json={"settle": True})
    assert status_of(ended, "two") == "Completed"


def test_a_state_that_is_larger_than_allowed_is_not_saved(emulator: Emulator, ended: Send) -> None:
    object.__setattr__(emulator.settings, "snapshot_bytes", 1000)
    answer = ended("POST", "/_amlet/snapshot", json={"name": "before"})
    assert answer.status_code == 400
    assert "snapshot_bytes" in answer.json()["error"]["message"]
    assert ended("PUT", "/_amlet/snapshot/big", content=b"x" * 1001).status_code == 400
    assert ended("GET", "/_amlet/snapshot").json() == {"value": []}


def test_reset_leaves_nothing_but_the_snapshots(emulator: Emulator, ended: Send) -> None:
    save(ended)
    ended("POST", "/_amlet/faults", json={"match": "nowhere", "status": 503})
    assert ended("POST", "/_amlet/reset").status_code == 204
    assert jobs(ended) == []
    assert {name: found for name, found in rows(emulator).items() if found} == {}
    assert not emulator.place.artifacts.exists()
    assert ended("GET", "/_amlet/faults").json() == {"value": []}
    assert [one["name"] for one in ended("GET", "/_amlet/snapshot").json()["value"]] == ["before"]


def test_after_a_reset_time_and_jobs_begin_anew(emulator: Emulator, ended: Send) -> None:
    ended("POST", "/_amlet/reset")
    assert emulator.clock.now() == START
    put_sweep(ended)
    ended("POST", "/_amlet/clock", json={"settle": True})
    assert status_of(ended) == "Completed"


def test_only_one_thing_happens_to_the_state_at_a_time(emulator: Emulator, ended: Send) -> None:
    from emulator.services.snapshots import Busy, Snapshots

    snapshots = Snapshots(emulator)
    with snapshots._alone(), pytest.raises(Busy, match="wait until it is done"):
        snapshots.save("before")


def test_the_manifest_says_what_it_is(emulator: Emulator, ended: Send) -> None:
    save(ended)
    with zipfile.ZipFile(emulator.place.state_dir / "snapshots" / f"before{_ZIP}") as packed:
        manifest = json.loads(packed.read("manifest.json"))
    assert manifest["format"] == 1
    assert manifest["at"] == "2026-01-01T01:00:00.0000000+00:00"
    assert emulator.clock.now() == START + 3600
