"""Finding and ending processes that an emulator that died left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from emulator.executors.process_mark import VARIABLE, Marks
from emulator.executors.process_table import birth, processes
from emulator.executors.process_tree import kill_marked, kill_orphan

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.fixture
def mark() -> str:
    return f"state/{uuid.uuid4().hex}"


@pytest.fixture
def orphan(mark: str) -> Iterator[subprocess.Popen[bytes]]:
    """A trial's process, leader of its group, with a child that left it."""
    environment = {"PATH": os.environ["PATH"], VARIABLE: mark}
    command = "setsid sleep 1000 & echo up; wait"
    with subprocess.Popen(
        ["bash", "-c", command], env=environment, stdout=subprocess.PIPE, start_new_session=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"
        yield running
        kill_marked(Marks([mark]))


def living(mark: str) -> list[int]:
    return [one.pid for one in processes() if one.mark == mark]


def test_a_process_is_told_apart_by_its_birth(orphan: subprocess.Popen[bytes]) -> None:
    (found,) = (one for one in processes() if one.pid == orphan.pid)
    assert found.group == orphan.pid
    assert found.birth == birth(orphan.pid) != birth(os.getpid())


def test_no_process_has_a_pid_that_was_never_given() -> None:
    assert birth(2**22 + 1) is None


def test_an_orphan_is_ended_with_its_tree(orphan: subprocess.Popen[bytes], mark: str) -> None:
    born = birth(orphan.pid)
    assert born is not None
    kill_orphan(orphan.pid, born, mark)
    assert living(mark) == []
    assert orphan.wait() == -9


def test_a_stranger_with_a_recycled_pid_is_left_alone(orphan: subprocess.Popen[bytes], mark: str) -> None:
    kill_orphan(orphan.pid, "some other birth", "some other mark")
    assert orphan.pid in living(mark)


def test_only_marked_processes_are_ended(orphan: subprocess.Popen[bytes], mark: str) -> None:
    kill_marked(Marks([mark + "x"]))
    assert orphan.pid in living(mark)
    kill_marked(Marks([mark]))
    assert living(mark) == []
