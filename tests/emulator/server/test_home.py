from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.server import home
from emulator.server.home import Record
from emulator.server.state_lock import StateLock


@pytest.fixture
def run(tmp_path: Path) -> Iterator[object]:
    """Write down an emulator that holds its state directory, as a running one does."""
    locks: list[StateLock] = []

    def make(name: str, started: float = 1.0, *, alive: bool = True) -> Record:
        state_dir = tmp_path / name
        state_dir.mkdir()
        record = Record(
            name, 1, 8443, 8480, str(state_dir), "ca.pem", "header", "secret", "own", started, "0.1.0", False
        )
        if alive:
            locks.append(StateLock(state_dir))
            locks[-1].acquire(record.id)
        home.add(tmp_path, record)
        return record

    yield make
    for lock in locks:
        lock.release()


def test_amlet_home_comes_first(tmp_path: Path) -> None:
    assert home.home({"AMLET_HOME": str(tmp_path)}) == tmp_path


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"XDG_DATA_HOME": "/data"}, Path("/data/amlet")),
        ("linux", {}, Path.home() / ".local/share/amlet"),
        ("darwin", {}, Path.home() / "Library/Application Support/amlet"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/amlet")),
    ],
)
def test_else_it_is_the_user_s_data_folder(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], expected: Path
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert home.home(environ) == expected


def test_running_emulators_come_oldest_first_and_stale_records_go(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    second, first = run("second", 2.0), run("first", 1.0)
    run("dead", alive=False)
    (tmp_path / "emulators" / "broken.json").write_text("{")
    assert home.running(tmp_path) == [first, second]
    assert sorted(path.name for path in (tmp_path / "emulators").iterdir()) == ["first.json", "second.json"]


def test_a_record_whose_directory_another_emulator_took_over_is_stale(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    record = run("state")
    home.add(tmp_path, dataclasses.replace(record, id="older"))
    assert home.running(tmp_path) == [record]


def test_an_emulator_is_found_by_its_state_directory_and_never_by_another(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    record = run("somewhere")
    assert home.find(tmp_path) is None
    assert home.find(tmp_path, tmp_path / "somewhere") == record
    assert home.find(tmp_path, tmp_path / "other") is None


def test_a_state_directory_may_be_named_through_a_link(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    record = run("somewhere")
    (tmp_path / "link").symlink_to(tmp_path / "somewhere")
    assert home.find(tmp_path, tmp_path / "link") == record


def test_by_default_the_one_with_the_default_directory_is_found(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    run("other")
    record = run("state")
    assert home.find(tmp_path) == record
