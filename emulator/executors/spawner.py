"""Commands that are children of a small process besides the emulator; see `spawner_program`."""

from __future__ import annotations

import contextlib
import marshal
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from emulator.executors.base import Launch
from emulator.executors.spawner_program import ANSWER, LENGTH, Request

#: Commands of one program; for more at once there are more programs.
_LINES = 16

_PROGRAM = Path(__file__).with_name("spawner_program.py")


class SpawnerGone(OSError):
    """The program has ended, which nothing but a signal from outside causes."""

    def __init__(self) -> None:
        super().__init__("the process that starts commands was ended from outside")


class Command:
    """A command that was started.

    Parameters:
        spawner: takes the line back.
        line: to the program that started it.
        pid: of its process.
    """

    def __init__(self, spawner: Spawner, line: socket.socket, pid: int) -> None:
        self.pid = pid
        self._spawner, self._line = spawner, line

    def wait(self) -> int:
        """Its exit code, when it has ended; until `release`, no other process gets its pid.

        Raises:
            SpawnerGone: its end is not known here.
        """
        code, _ = _answer(self._line)
        return code

    def release(self) -> None:
        """No signal will be sent to it any more."""
        with contextlib.suppress(OSError):  # a line without its program is found out by the next command
            self._line.sendall(b".")
        self._spawner.give_back(self._line)


class Spawner:
    """Starts commands by programs of its own, which are started when they are needed; any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[socket.socket] = []
        self._used = 0
        self._programs: list[subprocess.Popen[bytes]] = []
        self._closed = False

    def start(self, launch: Launch, arguments: Sequence[str], file: Path, number: int) -> Command:
        """Start a command in a session of its own.

        Parameters:
            launch: its folder, variables and log.
            arguments: what to execute.
            file: of the attempt; the exit code is written into it.
            number: by which its processes are known; see `process_mark`.

        Raises:
            OSError: it cannot be started.
        """
        folder, log = str(launch.folder.absolute()), str(launch.log.absolute())
        environment = {**launch.environment, "PWD": folder}
        request: Request = (str(file.absolute()), number, list(arguments), folder, environment, log)
        body = marshal.dumps(request)
        line = self._sent(LENGTH.pack(len(body)) + body)
        try:
            pid, error = _answer(line)
        except SpawnerGone:
            self.give_back(line)
            raise
        if error:
            self.give_back(line)
            raise OSError(error, os.strerror(error))
        return Command(self, line, pid)

    def give_back(self, line: socket.socket) -> None:
        """A line is free for another command."""
        with self._lock:
            self._used -= 1
            if self._closed:
                line.close()
            else:
                self._free.append(line)

    def close(self) -> None:
        """Let the programs end; one whose commands go on ends with the last of them."""
        with self._lock:
            self._closed = True
            while self._free:
                self._free.pop().close()
            programs, self._programs = self._programs, []
            are_idle = not self._used
        for program in programs:
            if are_idle:
                program.wait()
            else:
                program.returncode = 0  # else Python complains of a child that goes on

    def _sent(self, message: bytes) -> socket.socket:
        """A line on which a message was sent; a program that was ended from outside is replaced."""
        while True:
            line, is_new = self._line()
            try:
                line.sendall(message)
                return line
            except OSError:
                line.close()
                with self._lock:
                    self._used -= 1
                if is_new:
                    raise

    def _line(self) -> tuple[socket.socket, bool]:
        with self._lock:
            is_new = not self._free
            if is_new:
                self._free += self._start_program()
            self._used += 1
            return self._free.pop(), is_new

    def _start_program(self) -> list[socket.socket]:
        pairs = [socket.socketpair() for _ in range(_LINES)]
        try:
            program = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM), *(str(other.fileno()) for _, other in pairs)],
                pass_fds=[other.fileno() for _, other in pairs],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            for own, _ in pairs:
                own.close()
            raise
        finally:
            for _, other in pairs:
                other.close()
        self._programs.append(program)
        return [own for own, _ in pairs]


def _answer(line: socket.socket) -> tuple[int, int]:
    try:
        found = line.recv(ANSWER.size, socket.MSG_WAITALL)
    except OSError:
        found = b""
    if len(found) < ANSWER.size:
        raise SpawnerGone
    value, error = ANSWER.unpack(found)
    return value, error
