"""The processes that come from this one, however they left their group, and how none of them outlives it (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from typing import Iterator

_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_PATIENCE = 5.0  # seconds; a process in an uninterruptible wait outlives even SIGKILL for a while
_PAUSE = 0.005  # seconds


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none is lost out of sight."""
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Have this process end (SIGKILL) when its parent does; for a process that was just forked.

    Parameters:
        parent: the pid it has; if that has ended already, this process ends at once.
    """
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def descendants(ancestor: int) -> list[int]:
    """Pids of all living processes below one, parents first; nothing where there is no `/proc`."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found = list(children.get(ancestor, ()))
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def signal_all(leader: int, number: int) -> None:
    """Send a signal to the process group of a leader and to all descendants of this process."""
    below = descendants(os.getpid())
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
    for pid in below:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) != leader:
                os.kill(pid, number)


def kill_all(leader: int, kept: int = 0) -> None:
    """End all descendants of this process (SIGKILL) and return when none lives.

    Parameters:
        leader: leads the group of the trial.
        kept: a child that has ended and shall not be reaped here; 0 for none.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        signal_all(leader, signal.SIGKILL)
        _reap(kept)
        if not descendants(os.getpid()):
            return
        time.sleep(_PAUSE)


def _reap(kept: int) -> None:
    """Reap the children that have ended, up to the one that is kept."""
    if not hasattr(os, "waitid"):
        return
    with contextlib.suppress(ChildProcessError):
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None or ended.si_pid == kept:
                return
            os.waitpid(ended.si_pid, 0)


def _parents() -> Iterator[tuple[int, int]]:
    """Each living process with its parent; those that have ended and only wait to be reaped are left out."""
    if not _LINUX:
        return
    with os.scandir("/proc") as entries:
        for entry in entries:
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry.name}/stat", "rb") as file:
                    # The command's name stands in parentheses and may hold anything; the rest is separated by blanks.
                    fields = file.read().rpartition(b") ")[2].split()
                if fields[0] not in (b"Z", b"X"):
                    yield int(entry.name), int(fields[1])
