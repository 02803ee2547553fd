"""All processes of one trial, wherever they went: found by process group and by the marks that they carry.

A process may leave its group (`setsid`), but it takes a mark with it (`process_mark`). Where the system has process
descriptors (Linux), a signal cannot reach a stranger that got a recycled pid, and waiting needs no polling.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Protocol, Self

from emulator.executors import process_table
from emulator.executors.process_mark import Marks
from emulator.executors.process_table import Process, processes

_KILL_PATIENCE = 5.0  # seconds; a process in an uninterruptible wait outlives even SIGKILL for a while
_POLL = 0.01  # seconds, only where there are no process descriptors


class Owner(Protocol):
    """Tells which processes are its own: `Marks`, `StateMarks`."""

    def carried_by(self, mark: str | None, found: int | None) -> bool:
        """Whether a process with this variable and this number is one of them."""
        ...


class ProcessTree:
    """The processes of one trial.

    Parameters:
        leader: pid of the process that leads the group; it must not have been reaped yet when a method is called:
            until then no other process can have its pid.
        mark: the trial's mark, which all of them carry.
    """

    def __init__(self, leader: int, mark: str) -> None:
        self.leader = leader
        self._marks = Marks([mark])

    def end(self, grace: float) -> None:
        """Ask all to end (SIGTERM), end what is left after `grace` seconds (SIGKILL), return when all are gone."""
        with _Held(self._is_member) as members:
            self._signal_group(signal.SIGTERM)
            # A stopped process gets SIGTERM only once it continues.
            self._signal_group(signal.SIGCONT)
            members.signal(signal.SIGTERM, outside=self.leader)
            members.wait(grace)
        self.kill()

    def kill(self) -> None:
        """End all processes at once (SIGKILL) and return when all are gone."""
        self.kill_group()
        _kill_all(self._is_member)

    def kill_group(self) -> None:
        """End all processes of the group, with one system call and without waiting."""
        self._signal_group(signal.SIGKILL)

    def members(self) -> list[int]:
        """Pids of the living processes, those that left the group included."""
        return [one.pid for one in processes() if self._is_member(one)]

    def _is_member(self, one: Process) -> bool:
        return one.group == self.leader or self._marks.carried_by(one.mark, one.number)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, number)


def kill_marked(owner: Owner) -> None:
    """End every process that carries a mark of its owner (SIGKILL) and return when all are gone."""
    _kill_all(lambda one: owner.carried_by(one.mark, one.number))


def kill_orphan(leader: int, birth: str, mark: str) -> None:
    """End what is left of a trial whose emulator died; a stranger that has its pid by now is left alone.

    Parameters:
        leader: recorded pid of the leader of the trial's process group.
        birth: recorded birth of that process.
        mark: the trial's mark.
    """
    if process_table.birth(leader) == birth:
        ProcessTree(leader, mark).kill()
    kill_marked(Marks([mark]))


def _kill_all(chosen: Callable[[Process], bool]) -> None:
    """Kill until a search finds no process: what was just being forked is found by the next search."""
    while True:
        with _Held(chosen) as held:
            if not held:
                return
            held.signal(signal.SIGKILL)
            if not held.wait(_KILL_PATIENCE):
                return


class _Held:
    """The chosen processes, held by descriptors where the system has them."""

    def __init__(self, chosen: Callable[[Process], bool]) -> None:
        self._held: list[tuple[Process, int | None]] = []
        for one in processes():
            if chosen(one):
                self._hold(one)

    def _hold(self, one: Process) -> None:
        descriptor = None
        if hasattr(os, "pidfd_open"):
            try:
                descriptor = os.pidfd_open(one.pid)
            except ProcessLookupError:
                return
            except OSError:  # no descriptor is free, or an old kernel: do without
                descriptor = None
        self._held.append((one, descriptor))

    def __bool__(self) -> bool:
        return bool(self._held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _, descriptor in self._held:
            if descriptor is not None:
                os.close(descriptor)

    def signal(self, number: signal.Signals, outside: int | None = None) -> None:
        """Send a signal to all, or to those outside of one process group."""
        for one, descriptor in self._held:
            if process_table.birth(one.pid) != one.birth or one.group == outside:
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if descriptor is None:
                    os.kill(one.pid, number)
                else:
                    signal.pidfd_send_signal(descriptor, number)

    def wait(self, timeout: float) -> bool:
        """Whether all ended before so many seconds had passed."""
        deadline = time.monotonic() + timeout
        return all(self._wait_one(one, descriptor, deadline) for one, descriptor in self._held)

    def _wait_one(self, one: Process, descriptor: int | None, deadline: float) -> bool:
        if descriptor is not None:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
        while process_table.birth(one.pid) == one.birth:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL)
        return True
