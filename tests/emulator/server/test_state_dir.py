"""A state directory is its owner's alone, and one that cannot be used is refused with a way out."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from emulator.server.state_dir import UnusableStateDir, check_whole, make_private, usable
from emulator.storage import Database


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o750, 0o705])
def test_a_folder_that_is_open_to_others_is_tightened(tmp_path: Path, mode: int) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(mode)
    make_private(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give folders away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(UnusableStateDir, match="belongs to another user"):
        make_private(tmp_path)


def test_an_empty_database_beside_artifacts_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "amlet.db").touch()
    check_whole(tmp_path)  # a start that was killed at once
    (tmp_path / "artifacts").mkdir()
    with pytest.raises(UnusableStateDir, match=r"its database amlet\.db is empty"):
        check_whole(tmp_path)


def test_artifacts_without_a_database_are_not_begun_anew(tmp_path: Path) -> None:
    check_whole(tmp_path)
    (tmp_path / "artifacts").mkdir()
    with pytest.raises(UnusableStateDir, match=r"its database amlet\.db is missing"):
        check_whole(tmp_path)


def test_a_damaged_database_is_refused_with_a_way_out(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    store.close()
    content = bytearray((tmp_path / "amlet.db").read_bytes())
    content[100:4096] = os.urandom(3996)
    (tmp_path / "amlet.db").write_bytes(content)
    with pytest.raises(UnusableStateDir, match=r"its database: .*amlet emulator reset --state-dir"), usable(tmp_path):
        Database.open(tmp_path / "amlet.db")


def test_what_the_system_refuses_is_told_as_the_folders_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableStateDir, match=r"Not a directory|File exists"), usable(tmp_path / "file"):
        make_private(tmp_path / "file")
