"""A state is removed whole, whatever interrupts it, and its trials with it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.executors.process_mark import VARIABLE
from emulator.executors.state_identity import identify
from emulator.server.reset import finish_reset, holds_state, reset
from emulator.server.state_lock import StateDirInUse, StateLock
from emulator.storage import Database


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A state with an identity, artifacts, a snapshot, and a file of somebody else."""
    store = Database.open(tmp_path / "amlet.db")
    identify(store, tmp_path)
    store.close()
    for name in ("artifacts/a", "runs/r", "attempts", "snapshots"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "artifacts" / "a" / "x").touch()
    (tmp_path / "notes.txt").touch()
    return tmp_path


def left(state_dir: Path) -> set[str]:
    return {path.name for path in state_dir.iterdir()}


def test_what_an_emulator_made_is_removed_and_nothing_else(state_dir: Path) -> None:
    reset(state_dir)
    assert left(state_dir) == {"lock", "notes.txt", "snapshots"}
    assert not holds_state(state_dir)


def test_a_reset_that_was_interrupted_is_finished_by_the_next_start(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            reset(state_dir)
    assert holds_state(state_dir)
    assert (state_dir / "artifacts" / "a" / "x").exists()
    finish_reset(state_dir)
    assert left(state_dir) == {"lock", "notes.txt", "snapshots"}


def test_a_start_removes_nothing_where_no_reset_was_interrupted(state_dir: Path) -> None:
    before = left(state_dir)
    finish_reset(state_dir)
    assert left(state_dir) == before


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_reset_ends_the_trials_that_a_killed_emulator_left(state_dir: Path) -> None:
    store = Database.open(state_dir / "amlet.db")
    mark = f"{identify(store, state_dir).id}/1-1"
    store.close()
    with subprocess.Popen(["sleep", "1000"], env={"PATH": "/usr/bin:/bin", VARIABLE: mark}) as orphan:
        reset(state_dir)
        assert orphan.wait(10) == -9


def test_a_damaged_state_can_be_removed(state_dir: Path) -> None:
    (state_dir / "amlet.db").write_bytes(b"x" * 5000)
    reset(state_dir)
    assert not holds_state(state_dir)


def test_a_state_in_use_is_not_removed(state_dir: Path) -> None:
    lock = StateLock(state_dir)
    lock.acquire("emulator")
    with pytest.raises(StateDirInUse):
        reset(state_dir)
    lock.release()
    assert (state_dir / "artifacts" / "a" / "x").exists()
