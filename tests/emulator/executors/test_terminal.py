"""A trial at the user's terminal."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from emulator.executors import terminal


def start(path: Path, command: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    arguments = [sys.executable, terminal.__file__, str(path), command]
    return subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def test_the_command_gets_the_files_and_the_socket_tells_when_its_last_process_has_ended(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("word\n")
    with (
        socket.socket(socket.AF_UNIX) as listener,
        (tmp_path / "in").open() as stdin,
        (tmp_path / "out").open("w") as out,
    ):
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        process = start(tmp_path / "s", "read word; echo got $word; echo wrong >&2; (sleep 0.3; echo late) & exit 4")
        link, _ = listener.accept()
        with link:
            assert int(link.recv(32)) == process.pid
            socket.send_fds(link, [b"."], [stdin.fileno(), out.fileno(), out.fileno()])
            assert link.recv(1) == b""
    assert (tmp_path / "out").read_text() == "got word\nwrong\nlate\n"
    log, _ = process.communicate()
    assert process.returncode == 4
    assert "are those of `amlet trial run`" in log


def test_a_terminal_that_is_gone_ends_the_trial_with_a_reason(tmp_path: Path) -> None:
    process = start(tmp_path / "nobody", "true")
    _, error = process.communicate()
    assert process.returncode == 1
    assert "The terminal that this trial was started from is gone" in error
