"""The logs of attempts stay below their limit while their commands run."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.executors.log_watch import LogWatch
from tests.emulator.executors.conftest import wait_until

LIMIT = 1000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "std_log.txt").touch()
    return tmp_path / "std_log.txt"


def test_a_log_is_cut_while_it_is_watched(log: Path) -> None:
    watch = LogWatch(pause=0.001)
    with watch.watching(log, LIMIT), log.open("ab", buffering=0) as trial:
        trial.write(b"x" * 10 * LIMIT)
        wait_until(lambda: log.stat().st_size <= LIMIT)
    watch.close()


def test_a_log_is_cut_a_last_time_at_its_end(log: Path) -> None:
    watch = LogWatch(pause=1000.0)
    with watch.watching(log, LIMIT):
        log.write_bytes(b"x" * 10 * LIMIT)
    assert log.stat().st_size <= LIMIT
    watch.close()


def test_the_logs_of_the_processes_of_a_distributed_trial_are_cut_too(log: Path) -> None:
    rank = log.with_name("std_log_process_1.txt")
    other = log.with_name("other.txt")
    watch = LogWatch(pause=1000.0)
    with watch.watching(log, LIMIT):
        for path in (rank, other):
            path.write_bytes(b"x" * 10 * LIMIT)
    assert rank.stat().st_size <= LIMIT
    assert other.stat().st_size == 10 * LIMIT
    watch.close()


def test_a_log_without_a_limit_is_not_watched(log: Path) -> None:
    watch = LogWatch()
    with watch.watching(log, None):
        log.write_bytes(b"x" * 10 * LIMIT)
    assert log.stat().st_size == 10 * LIMIT
    watch.close()
