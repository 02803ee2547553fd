"""Folders are gone from their place at once, and from the disk when the other thread comes to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.runner.removal import Removal

Waiting = list[Callable[[], None]]


@pytest.fixture
def waiting() -> Waiting:
    """What was handed to the other thread."""
    return []


def filled(folder: Path) -> Path:
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "file").write_text("x")
    return folder


def test_a_folder_is_gone_at_once_and_removed_later(tmp_path: Path, waiting: Waiting) -> None:
    folder = filled(tmp_path / "run")
    Removal(waiting.append).remove(folder)
    assert not folder.exists()
    assert [one.name for one in tmp_path.rglob("file")] == ["file"]
    waiting.pop()()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_fine(tmp_path: Path, waiting: Waiting) -> None:
    Removal(waiting.append).remove(tmp_path / "gone")
    assert waiting == []


def test_folders_of_one_name_do_not_get_in_each_others_way(tmp_path: Path, waiting: Waiting) -> None:
    removal = Removal(waiting.append)
    for _ in range(3):
        removal.remove(filled(tmp_path / "run"))
    for work in waiting:
        work()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_renamed_is_removed_at_once(
    tmp_path: Path, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError("another file system")

    monkeypatch.setattr(Path, "rename", refuse)
    folder = filled(tmp_path / "run")
    Removal(waiting.append).remove(folder)
    assert not folder.exists()
    assert waiting == []


def test_what_an_earlier_process_left_is_removed_and_nothing_else(tmp_path: Path, waiting: Waiting) -> None:
    Removal(waiting.append).remove(filled(tmp_path / "workspace" / "run"))
    filled(tmp_path / "workspace" / "other")
    later: Waiting = []
    Removal(later.append).remove_leftovers(tmp_path)
    for work in later:
        work()
    assert [one.name for one in (tmp_path / "workspace").iterdir()] == ["other"]
