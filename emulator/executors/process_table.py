"""The living processes of this machine, with the marks that those of a trial carry; see `process_mark`."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from emulator.executors.process_mark import VARIABLE

_POLL = 0.1  # seconds, only where there are no process descriptors

_LINUX = sys.platform == "linux"


class Process(NamedTuple):
    """One living process.

    Parameters:
        pid: its id, which another process may have later.
        group: id of its process group.
        birth: when the system started it; no other process with that pid will ever have the same.
        mark: the variable of the trial it belongs to; None when it shows none (always so where there is no `/proc`).
        number: its limit of file locks, where there is one.
    """

    pid: int
    group: int
    birth: str
    mark: str | None
    number: int | None = None


def processes() -> Iterator[Process]:
    """Every living process but this one and those that have ended and only wait to be reaped."""
    if not _LINUX:
        yield from _listed("-axo")
        return
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit() and (process := _read(int(entry.name))):
                yield process


def birth(pid: int) -> str | None:
    """When the process that has this pid now was started; None when there is none, or it only waits to be reaped."""
    if not _LINUX:
        found = next(_listed("-p", str(pid), "-o"), None)
        return found and found.birth
    status = _status(pid)
    return status and status[1]


def is_there(pid: int, born: str) -> bool:
    """Whether a process is there: it runs, or its parent has not dealt with its end yet.

    Parameters:
        pid: its id.
        born: its birth.
    """
    if not _LINUX:
        return birth(pid) == born
    with contextlib.suppress(OSError):
        return _birth(_stat(pid)) == born
    return False


def wait_for_end(pid: int, born: str) -> None:
    """Return when a process that need not be a child of this one has ended.

    Parameters:
        pid: its id.
        born: its birth; another process with that pid is not waited for.
    """
    if not hasattr(os, "pidfd_open"):
        while birth(pid) == born:
            time.sleep(_POLL)
        return
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        # With the descriptor at hand: it is certainly that of the process with this birth.
        if birth(pid) == born:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll()
    finally:
        os.close(descriptor)


def _read(pid: int) -> Process | None:
    status = _status(pid)
    return Process(pid, *status, _mark(pid), _number(pid)) if status and pid != os.getpid() else None


def _status(pid: int) -> tuple[int, str] | None:
    """Group and birth."""
    with contextlib.suppress(OSError):
        fields = _stat(pid)
        if fields[0] not in b"ZX":
            return int(fields[2]), _birth(fields)
    return None


def _stat(pid: int) -> list[bytes]:
    # The command's name stands in parentheses and may hold anything; the rest is separated by blanks.
    return _content(pid, "stat").rpartition(b") ")[2].split()


def _birth(fields: list[bytes]) -> str:
    return f"{_boot()}:{fields[19].decode()}"


def _mark(pid: int) -> str | None:
    with contextlib.suppress(OSError):
        _, found, rest = (b"\0" + _content(pid, "environ")).partition(f"\0{VARIABLE}=".encode())
        return os.fsdecode(rest.partition(b"\0")[0]) if found else None
    return None


def _number(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        words = _content(pid, "limits").partition(b"Max file locks")[2].split(None, 1)
        return int(words[0]) if words and words[0].isdigit() else None
    return None


def _content(pid: int, name: str) -> bytes:
    # Not by pathlib: a look at all processes reads hundreds of these.
    descriptor = os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(descriptor, 1 << 14), b""))
    finally:
        os.close(descriptor)


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _listed(*options: str) -> Iterator[Process]:
    command = ["ps", *options, "pid=,pgid=,stat=,lstart="]
    listing = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in listing.stdout.splitlines():
        pid, group, state, started = line.split(maxsplit=3)
        if not state.startswith("Z") and int(pid) != os.getpid():
            yield Process(int(pid), int(group), started.strip(), None)
