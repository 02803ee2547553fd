"""Commands as children of the spawner's program."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.executors.attempt_files import AttemptFiles
from emulator.executors.base import Launch
from emulator.executors.process_table import birth
from emulator.executors.spawner import Command, Spawner, SpawnerGone
from tests.emulator.executors.conftest import wait_until

Start = Callable[..., Command]


@pytest.fixture
def files(tmp_path: Path) -> AttemptFiles:
    return AttemptFiles(tmp_path / "attempts")


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    spawner = Spawner()
    yield spawner
    spawner.close()


@pytest.fixture
def start(spawner: Spawner, files: AttemptFiles, tmp_path: Path) -> Start:
    def start(*arguments: str, attempt: str = "1/1") -> Command:
        launch = Launch("", tmp_path, {"PATH": os.environ["PATH"]}, tmp_path / "log")
        return spawner.start(launch, arguments, files.make(attempt), 1 << 40)

    return start


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])


def test_an_exit_code_is_told_and_is_in_the_file_by_then(start: Start, files: AttemptFiles) -> None:
    command = start("/bin/sh", "-c", "exit 7")
    assert command.wait() == 7
    assert files.code("1/1") == 7
    command.release()


def test_a_command_that_was_killed_leaves_no_code_for_the_next_emulator(start: Start, files: AttemptFiles) -> None:
    command = start("/bin/sh", "-c", "kill -KILL $$")
    assert command.wait() == 128 + signal.SIGKILL
    assert files.code("1/1") is None
    command.release()


def test_the_code_of_a_stopped_attempt_is_not_written(start: Start, files: AttemptFiles, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    command = start("/bin/sh", "-c", "cat fifo")
    files.remove("1/1")
    (tmp_path / "fifo").write_text("go on")
    assert command.wait() == 0
    assert not files.exists("1/1")
    command.release()


def test_there_may_be_more_commands_than_one_program_has_lines_for(start: Start) -> None:
    commands = [start("/bin/sleep", "1000", attempt=f"{number}/1") for number in range(20)]
    for command in commands:
        os.kill(command.pid, signal.SIGTERM)
        assert command.wait() == 128 + signal.SIGTERM
        command.release()


@pytest.mark.parametrize(("text", "code"), [("exit 3", 3), (None, 127)])
def test_what_is_not_a_program_is_left_to_the_shell(start: Start, tmp_path: Path, text: str | None, code: int) -> None:
    program = tmp_path / "program"
    if text:
        program.write_text(text)
        program.chmod(0o700)
    command = start(str(program))
    assert command.wait() == code
    command.release()


def test_a_folder_that_is_gone_is_an_error(spawner: Spawner, files: AttemptFiles, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        spawner.start(Launch("", tmp_path / "gone", {}, tmp_path / "log"), ["/bin/true"], files.make("1/1"), 1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells the parents of processes")
def test_a_program_that_was_killed_is_replaced_for_the_next_command(start: Start) -> None:
    command = start("/bin/sleep", "1000")
    program = parent_of(command.pid)
    os.kill(program, signal.SIGKILL)
    with pytest.raises(SpawnerGone):
        command.wait()
    command.release()
    os.kill(command.pid, signal.SIGKILL)
    wait_until(lambda: birth(program) is None)
    following = start("/bin/sh", "-c", "exit 4", attempt="2/1")
    assert following.wait() == 4
    following.release()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells the parents of processes")
def test_a_program_whose_emulator_has_gone_ends_after_its_last_command(spawner: Spawner, start: Start) -> None:
    command = start("/bin/sleep", "1000")
    program = parent_of(command.pid)
    spawner.close()
    os.kill(command.pid, signal.SIGTERM)
    assert command.wait() == 128 + signal.SIGTERM
    command.release()
    assert os.waitpid(program, 0)[0] == program


def test_a_file_that_was_put_aside_serves_the_next_attempt(files: AttemptFiles, tmp_path: Path) -> None:
    first = files.make("1/1")
    first.write_bytes(b"137\ning\n")
    inode = first.stat().st_ino
    files.put_aside("1/1")
    assert not files.exists("1/1")
    second = files.make("2/1")
    assert second.stat().st_ino == inode
    assert files.code("2/1") is None
    files.keep_only(["2/1"])
    assert [path.name for path in (tmp_path / "attempts").iterdir()] == ["2-1"]
