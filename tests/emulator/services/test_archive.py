from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from emulator.services.archive import InvalidArchive, unpack, writing

_MUCH = 1 << 20


def forged(path: Path, *names: str, content: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def test_what_is_packed_comes_out_again_with_its_times(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "file").write_bytes(b"content")
    os.utime(source / "deep" / "er" / "file", ns=(5, 1_700_000_000_123_456_789))
    with writing(tmp_path / "a.zip", _MUCH) as writer:
        writer.text("text", b"hello")
        writer.folder("files", source)
    unpack(tmp_path / "a.zip", tmp_path / "out", _MUCH)
    out = tmp_path / "out" / "files" / "deep" / "er" / "file"
    assert (tmp_path / "out" / "text").read_bytes() == b"hello"
    assert (out.read_bytes(), out.stat().st_mtime_ns) == (b"content", 1_700_000_000_123_456_789)


def test_links_and_partial_files_are_passed_over(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (source / "link").symlink_to(tmp_path / "secret")
    (source / "inner" / "up").symlink_to(tmp_path)
    (source / ".partial-1").write_text("half")
    (source / "plain").write_text("plain")
    with writing(tmp_path / "a.zip", _MUCH) as writer:
        writer.folder("files", source)
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["files/plain"]


def test_a_state_that_is_too_large_leaves_no_archive(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 101)
    with pytest.raises(InvalidArchive, match="snapshot_bytes"), writing(tmp_path / "a.zip", 100) as writer:
        writer.file("large", tmp_path / "large")
    assert [path.name for path in tmp_path.iterdir()] == ["large"]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    with writing(tmp_path / "a.zip", _MUCH) as writer:
        writer.text("text", b"hello")
    assert (tmp_path / "a.zip").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../out", "a/../../out", "/etc/passwd", "C:/x", "a\\..\\..\\b", "folder/", "..", "a" * 2000, "a\nb"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(InvalidArchive, match="not a name of a file below its folder"):
        unpack(forged(tmp_path / "a.zip", name), tmp_path / "in" / "deep", _MUCH)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "in" / "out").exists()


def test_a_link_in_it_becomes_a_plain_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    unpack(tmp_path / "a.zip", tmp_path / "out", _MUCH)
    assert not (tmp_path / "out" / "link").is_symlink()


def test_a_bomb_is_stopped_by_what_it_holds_not_by_what_it_says(tmp_path: Path) -> None:
    bomb = forged(tmp_path / "a.zip", "zeros", content=bytes(10 * _MUCH))
    assert bomb.stat().st_size < _MUCH // 10
    with pytest.raises(InvalidArchive, match="snapshot_bytes"):
        unpack(bomb, tmp_path / "out", _MUCH)


def test_a_time_that_no_file_can_have_is_passed_over(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        entry = zipfile.ZipInfo("a")
        entry.comment = b"9" * 5000
        packed.writestr(entry, "x")
    unpack(tmp_path / "a.zip", tmp_path / "out", _MUCH)
    assert (tmp_path / "out" / "a").read_text() == "x"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "a/b"), ("a/b", "a")])
def test_names_that_exclude_each_other_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(InvalidArchive, match="duplicate entry"):
        unpack(forged(tmp_path / "a.zip", *names), tmp_path / "out", _MUCH)


@pytest.mark.parametrize("damage", ["text", "cut", "flipped"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    whole = forged(tmp_path / "a.zip", "a", content=os.urandom(5000)).read_bytes()
    flipped = bytearray(whole)
    flipped[2000] ^= 255
    (tmp_path / "a.zip").write_bytes({"text": b"hello", "cut": whole[:3000], "flipped": bytes(flipped)}[damage])
    with pytest.raises(InvalidArchive, match="not an archive, or is damaged"):
        unpack(tmp_path / "a.zip", tmp_path / "out", _MUCH)
