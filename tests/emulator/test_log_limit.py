"""A log that grows beyond its limit keeps its beginning and its end, and says what is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.log_limit import cut


def test_a_log_within_its_limit_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * 1000)
    assert cut(log, 1000) == 0
    assert log.read_bytes() == b"x" * 1000


def test_the_middle_of_a_longer_log_is_cut_out(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"b" * 1000 + b"m" * 5000 + b"e" * 250)
    assert cut(log, 1000) == 5500
    head, line, end = log.read_bytes().split(b"\n")
    assert head == b"b" * 500
    assert line == b"amlet: 5500 bytes of this log were cut here; it may have 1000 (setting log_limit)"
    assert end == b"e" * 250


def test_a_log_that_is_cut_again_counts_all_that_was_cut(tmp_path: Path) -> None:
    log = tmp_path / "log"
    written = 0
    with log.open("ab", buffering=0) as file:  # as a trial has it open
        for _ in range(4):
            written += file.write(b"x" * 3000)
            cut(log, 1000)
    kept = log.read_bytes()
    (line,) = (line for line in kept.splitlines() if line.startswith(b"amlet: "))
    assert int(line.split()[1]) == pytest.approx(written - 750, abs=4 * len(line))
    assert len(kept) < 1000


def test_what_is_not_a_log_is_neither_followed_nor_waited_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"x" * 1000)
    (tmp_path / "link").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="link"):
        cut(tmp_path / "link", 10)
    assert cut(tmp_path / "pipe", 10) == 0
    assert cut(tmp_path / "none", 10) == 0
    assert secret.stat().st_size == 1000
