"""The process between supervisor and command: starts the command, and lets nothing of it outlive the supervisor.

It is forked from the supervisor while that has one thread, and does nothing but wait for the command's end and for what
the supervisor asks through a pipe. When the pipe closes, the supervisor is gone, and everything is killed. When the
guard itself is killed, its orphans come to the supervisor, which kills them (`descendants`).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
from typing import Any

from emulator.executors.supervisor.descendants import adopt_orphans, die_with_parent, kill_all, signal_all

_TERM, _KILL = b"T", b"K"
_LENGTH = 8  # digits


class Guard:
    """The supervisor's end of it.

    `status` is a descriptor that can be read without waiting when there is something to `read`.
    """

    def __init__(self) -> None:
        asked, self._ask = os.pipe()
        self.status, told = os.pipe()
        adopt_orphans()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._ask)
            os.close(self.status)
            _guard(asked, told)
        os.close(asked)
        os.close(told)
        self._unread = b""
        self._leader = 0

    def start(self, arguments: list[str], environment: dict[str, str], folder: str, log: str) -> None:
        """Have the command started.

        Parameters:
            arguments: of the command.
            environment: all its variables.
            folder: where it runs.
            log: file that stdout and stderr are added to.
        """
        text = json.dumps([arguments, environment, folder, log]).encode()
        self._tell(str(len(text)).zfill(_LENGTH).encode() + text)

    def terminate(self) -> None:
        """SIGTERM for all processes of the command."""
        self._tell(_TERM)

    def kill(self) -> None:
        """SIGKILL for all processes of the command."""
        self._tell(_KILL)

    def read(self) -> list[dict[str, Any]]:
        """What the guard has told since: `{"started": pid}`, `{"failed": text}`, `{"code": n}` or `{"signal": n}`.

        `{"lost": true}` is told of a guard that was killed; by then nothing of the command is left.
        """
        data = os.read(self.status, 65536)
        if not data:
            kill_all(self._leader)
            return [{"lost": True}]
        *lines, self._unread = (self._unread + data).split(b"\n")
        found = [json.loads(line) for line in lines]
        for one in found:
            self._leader = one.get("started", self._leader)
        return found

    def close(self) -> None:
        """Let go of it: whatever of the command still runs is killed, and waited for."""
        os.close(self._ask)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self.status)

    def _tell(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._ask, data) :]


def _guard(asked: int, told: int) -> None:
    """The guard's own process; never returns."""
    try:
        os.setsid()
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        header = _exactly(asked, _LENGTH)
        if len(header) == _LENGTH:
            _run(asked, told, *json.loads(_exactly(asked, int(header))))
    finally:
        os._exit(0)


def _run(asked: int, told: int, arguments: list[str], environment: dict[str, str], folder: str, log: str) -> None:
    wake, woken = os.pipe()
    # As `set_wakeup_fd` wants it.
    os.set_blocking(woken, False)
    # Without a handler SIGCHLD is ignored, and wakes nothing.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    try:
        process = _start(arguments, environment, folder, log)
    except (OSError, ValueError) as error:
        _say(told, {"failed": f"{type(error).__name__}: {error}"})
        return
    leader = process.pid
    _say(told, {"started": leader})
    try:
        while not _has_ended(leader):
            ready, _, _ = select.select([asked, wake], [], [])
            if wake in ready:
                os.read(wake, 4096)
            if asked in ready:
                _obey(os.read(asked, 1), leader)
    finally:
        # The leader is reaped last: until then no other process can have its pid and group id.
        kill_all(leader, kept=leader)
    code = process.wait()
    _say(told, {"code": code} if code >= 0 else {"signal": -code})


def _obey(order: bytes, leader: int) -> None:
    if order == _TERM:
        signal_all(leader, signal.SIGTERM)
        signal_all(leader, signal.SIGCONT)  # a stopped process gets SIGTERM only once it continues
    else:  # SIGKILL is asked for, or the supervisor is gone
        kill_all(leader, kept=leader)


def _start(arguments: list[str], environment: dict[str, str], folder: str, log: str) -> subprocess.Popen[bytes]:
    parent = os.getpid()

    def before() -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent(parent)

    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        return subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            preexec_fn=before,
        )
    finally:
        os.close(descriptor)


def _has_ended(leader: int) -> bool:
    """Whether the leader has ended; orphans that ended meanwhile are reaped, the leader is not."""
    if not hasattr(os, "waitid"):
        return False
    while True:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return False
        if ended.si_pid == leader:
            return True
        os.waitpid(ended.si_pid, 0)


def _exactly(descriptor: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = os.read(descriptor, count - len(data))
        if not piece:
            break
        data += piece
    return data


def _say(told: int, what: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        os.write(told, json.dumps(what).encode() + b"\n")
