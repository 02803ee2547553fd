"""The lock of a state directory: one emulator at a time, and a way to see whether one is alive.

The operating system lets go of it when the process ends, however it ends; so there are no stale locks.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

_PATIENCE = 1.0  # seconds; others hold the lock for a moment when they look whether it is held


class StateDirInUse(RuntimeError):
    """Another emulator has the state directory."""

    def __init__(self, state_dir: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{state_dir} is in use by an emulator ({who}); "
            f"stop it with `amlet emulator stop --state-dir {state_dir}`, or choose another folder with --state-dir."
        )
        self.pid = pid


class StateLock:
    """The lock of one state directory.

    Parameters:
        state_dir: must exist.
    """

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._file: int | None = None

    def acquire(self, identity: str) -> None:
        """Take the lock until this process ends, under an identity that others can read.

        Raises:
            StateDirInUse: another emulator has it.
        """
        import fcntl

        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _PATIENCE
        while not _try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(file)
                raise StateDirInUse(self._state_dir, self._written()[1])
            time.sleep(0.02)
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"id": identity, "pid": os.getpid()}).encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def holder(self) -> str | None:
        """The identity of the emulator that has the lock now; None when it is free."""
        import fcntl

        try:
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return None if _try_lock(file, fcntl.LOCK_SH) else self._written()[0]
        finally:
            os.close(file)

    @property
    def _path(self) -> Path:
        return self._state_dir / "lock"

    def _written(self) -> tuple[str | None, int | None]:
        """Identity and process that the last one to take the lock wrote into it."""
        try:
            found = json.loads(self._path.read_text())
            return str(found["id"]), int(found["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            return None, None


def _try_lock(file: int, mode: int) -> bool:
    import fcntl

    try:
        fcntl.flock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
