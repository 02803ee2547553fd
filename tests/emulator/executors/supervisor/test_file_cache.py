"""Files by their hash: fetched once, checked whenever they are copied, and bounded."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from emulator.executors.supervisor.file_cache import FileCache


class Source:
    """What a cache fetches from."""

    def __init__(self, data: bytes) -> None:
        self.data, self.sha256, self.fetched = data, hashlib.sha256(data).hexdigest(), 0

    def __call__(self, file: BinaryIO) -> None:
        self.fetched += 1
        file.write(self.data)

    def copy(self, cache: FileCache, target: Path) -> bytes:
        target.unlink(missing_ok=True)
        cache.copy(self.sha256, len(self.data), str(target), 0o640, self)
        return target.read_bytes()


def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    source = Source(b"content")
    for _ in range(2):
        assert source.copy(FileCache(str(tmp_path / "cache"), 100), tmp_path / "copy") == b"content"
    assert source.fetched == 1
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o640


def test_the_files_that_were_not_used_for_longest_make_room(tmp_path: Path) -> None:
    cache = FileCache(str(tmp_path / "cache"), 10)
    old, used, new = Source(b"aaaa"), Source(b"bbbb"), Source(b"cccc")
    for age, source in ((200, used), (100, old)):
        source.copy(cache, tmp_path / "copy")
        os.utime(tmp_path / "cache" / source.sha256, (1e9 - age, 1e9 - age))
    used.copy(cache, tmp_path / "copy")
    new.copy(cache, tmp_path / "copy")
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {used.sha256, new.sha256}


def test_a_file_that_is_larger_than_the_cache_goes_past_it(tmp_path: Path) -> None:
    source = Source(b"x" * 100)
    assert source.copy(FileCache(str(tmp_path / "cache"), 10), tmp_path / "copy") == source.data
    assert not list((tmp_path / "cache").iterdir())


def test_a_file_that_was_changed_in_the_cache_is_fetched_again(tmp_path: Path) -> None:
    source, cache = Source(b"content"), FileCache(str(tmp_path / "cache"), 100)
    source.copy(cache, tmp_path / "copy")
    (tmp_path / "cache" / source.sha256).write_bytes(b"changed")
    assert source.copy(cache, tmp_path / "copy") == b"content"
    assert source.fetched == 2


def test_what_could_not_be_fetched_leaves_nothing(tmp_path: Path) -> None:
    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError("the line went dead")

    with pytest.raises(OSError, match="went dead"):
        FileCache(str(tmp_path / "cache"), 100).copy("0" * 64, 8, str(tmp_path / "copy"), 0o600, fail)
    assert not list((tmp_path / "cache").iterdir())
