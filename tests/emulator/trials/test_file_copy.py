"""Copies of files and folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.trials.file_copy import copy_file, copy_tree, remove_tree


@pytest.mark.parametrize("by_kernel", [True, False])
def test_a_file_is_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_kernel: bool) -> None:
    if not by_kernel:
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    content = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(content)
    copy_file(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == content


def test_a_kernel_that_cannot_copy_between_file_systems_is_helped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    (tmp_path / "a").write_text("text")
    copy_file(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "text"


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").touch()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "secret")
    assert copy_tree(tmp_path / "a", tmp_path / "b") == 1
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["file"]


def test_read_only_copies_can_be_removed(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "file").touch()
    copy_tree(tmp_path / "a", tmp_path / "b", read_only=True)
    remove_tree(tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_removing_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "kept").mkdir()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "kept")
    remove_tree(tmp_path / "a")
    assert (tmp_path / "kept").is_dir()


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")
