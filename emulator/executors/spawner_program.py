"""The program that starts the commands of an emulator's trials, is their parent, and keeps their exit codes.

    python -I -S spawner_program.py LINE...

It is a process of its own, so that a command may outlive the emulator and its end is known to the next one: it writes
the exit code into the attempt's file (`attempt_files`) before it tells the emulator; but SIGKILL leaves no code, as it
may have been meant for all. It ends by itself when the emulator has gone and no command is left.

A line is the descriptor of a socket to the emulator, for one command at a time:
- the emulator sends a request: its length (`LENGTH`), then the tuple `Request` by `marshal`, which both ends can trust
  and which takes the fewest imports; a start waits for them;
- the program answers with `ANSWER`: the pid, and 0 or the number of the error that kept the command from starting;
- at the end of the command it sends `ANSWER` again: the exit code, and 0;
- the emulator sends one byte when the pid may be given to another process, and the line is free again.
"""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import resource
import select
import signal
import struct
import sys
from typing import TypeAlias

#: File of the attempt, number it is known by (`process_mark`), arguments, working folder, environment, log.
Request: TypeAlias = "tuple[str, int, list[str], str, dict[str, str], str]"

LENGTH = struct.Struct("<I")
ANSWER = struct.Struct("<ii")

#: The limit of file locks, for which the module `resource` has no name.
_FILE_LOCKS = 10

#: The exit code of a command that was killed, as shells tell it.
_KILLED = 128 + signal.SIGKILL

#: What the machine says of a program that it cannot execute; a shell has its own words, or executes it itself.
_NOT_A_PROGRAM = (errno.ENOENT, errno.EACCES, errno.ENOEXEC)

#: Python ignores these, and what is ignored would be ignored in the command too.
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ)

#: The emulator ends the commands, and this program ends after them. A handler, unlike an ignored signal, is not
#: inherited.
_SURVIVED = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class Line:
    """One connection to the emulator.

    Parameters:
        descriptor: of its socket.

    Attributes:
        pid: of the command that was started last, until it is reaped.
        file: of the attempt.
        ended: whether that command has.
        is_open: whether the emulator is at the other end.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.pid: int | None = None
        self.file = ""
        self.ended = False
        self.is_open = True

    def take(self, event: int) -> None:
        """Something came, or the emulator has gone: what it asked for last may have been settled without it."""
        if self.pid is not None:
            self.is_open = self._read(1) is not None
            if self.ended:
                self._reap()
        elif event & select.POLLHUP:
            self.is_open = False
        elif (head := self._read(LENGTH.size)) and (body := self._read(*LENGTH.unpack(head))):
            self._start(marshal.loads(body))  # noqa: S302 - of the emulator that started this program
        else:
            self.is_open = False

    def look(self) -> None:
        """See whether the command has ended."""
        if self.pid is None or self.ended or (code := _exit_code(self.pid)) is None:
            return
        self.ended = True
        if code != _KILLED:
            with contextlib.suppress(OSError):  # without the file the attempt was stopped
                _write_over(self.file, f"{code}\n".encode())
        self._answer(code, 0)
        if not self.is_open:
            self._reap()

    def _start(self, request: Request) -> None:
        try:
            self.pid, self.file, self.ended = spawn(request), request[0], False
        except OSError as error:
            self._answer(0, error.errno or errno.EIO)
        else:
            self._answer(self.pid, 0)

    def _reap(self) -> None:
        if self.pid is not None:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        self.pid = None

    def _answer(self, value: int, error: int) -> None:
        if self.is_open:
            with contextlib.suppress(OSError):  # it has gone, as the next read will tell
                os.write(self.descriptor, ANSWER.pack(value, error))

    def _read(self, size: int) -> bytes | None:
        parts = []
        while size:
            try:
                part = os.read(self.descriptor, size)
            except OSError:
                part = b""
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def spawn(request: Request) -> int:
    """Start a command, in a session of its own; its pid.

    Raises:
        OSError: it cannot be started.
    """
    file, number, arguments, folder, environment, log = request
    # Without it the attempt was stopped, or an emulator that came after ours has dealt with it.
    if not os.path.exists(file):  # noqa: PTH110 - a start waits for every import
        raise OSError(errno.ECANCELED, os.strerror(errno.ECANCELED))
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.chdir(folder)
        with _Numbered(number):
            try:
                return _spawn(arguments, environment, output)
            except OSError as error:
                if error.errno not in _NOT_A_PROGRAM:
                    raise
                return _spawn(["/bin/sh", "-c", 'exec "$@"', "sh", *arguments], environment, output)
    finally:
        os.close(output)
        os.chdir("/")


def _spawn(arguments: list[str], environment: dict[str, str], output: int) -> int:
    # stdin of this program is the null device.
    streams = [(os.POSIX_SPAWN_DUP2, 0, 0), (os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)]
    return os.posix_spawn(
        arguments[0], arguments, environment, file_actions=streams, setsid=True, setsigdef=_RESTORED, setsigmask=()
    )


class _Numbered:
    """Gives what is started meanwhile its number, as a limit that all its processes inherit; see `process_mark`."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._before: tuple[int, int] | None = None

    def __enter__(self) -> None:
        # Systems without this limit, or where it is lower.
        with contextlib.suppress(OSError, ValueError):
            self._before = resource.getrlimit(_FILE_LOCKS)
            resource.setrlimit(_FILE_LOCKS, (self._number, self._before[1]))

    def __exit__(self, *_: object) -> None:
        if self._before:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(_FILE_LOCKS, self._before)


def _exit_code(pid: int) -> int | None:
    """The exit code of a child, as shells tell it; None while it runs. It stays unreaped where it can."""
    if not hasattr(os, "waitid"):
        found, status = os.waitpid(pid, os.WNOHANG)
        return _shell_code(os.waitstatus_to_exitcode(status)) if found else None
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended is None:
        return None
    return ended.si_status if ended.si_code == os.CLD_EXITED else _shell_code(-ended.si_status)


def _shell_code(code: int) -> int:
    return code if code >= 0 else 128 - code


def _write_over(file: str, text: bytes) -> None:
    """Write over the beginning of a file that exists, which takes no space on a full disk."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, text)
    finally:
        os.close(descriptor)


def serve(lines: list[Line]) -> None:
    """Start commands and see them end, until the emulator has gone and no command is left."""
    woken, waker = os.pipe()
    for end in (woken, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *_SURVIVED):
        signal.signal(number, lambda *_: None)
    poll = select.poll()
    poll.register(woken, select.POLLIN)
    by_descriptor = {line.descriptor: line for line in lines}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.POLLIN)
    while any(line.is_open or line.pid is not None for line in lines):
        for descriptor, event in poll.poll():
            if descriptor == woken:
                os.read(woken, 4096)
                for line in lines:
                    line.look()
                continue
            line = by_descriptor[descriptor]
            line.take(event)
            if not line.is_open:
                poll.unregister(descriptor)
                os.close(descriptor)


def main() -> None:
    """Run with the descriptors in `sys.argv`."""
    os.chdir("/")  # no folder is kept from being removed or unmounted
    descriptors = [int(text) for text in sys.argv[1:]]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    serve([Line(descriptor) for descriptor in descriptors])


if __name__ == "__main__":
    main()
