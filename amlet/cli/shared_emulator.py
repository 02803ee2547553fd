"""One emulator for several commands at once: one of them starts it, and the last one that needs it stops it.

Locks of the operating system are used, which end with their process: a command that is killed holds up no other.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

_PATIENCE = 90.0  # seconds that another command may take to start the emulator
_PAUSE = 0.05


@contextmanager
def one_at_a_time(home: Path, state_dir: Path) -> Iterator[None]:
    """Wait until no other command starts the emulator of a state directory, and keep others from it meanwhile.

    Parameters:
        home: folder of the records of emulators.
        state_dir: which emulator.

    Raises:
        TimeoutError: another command takes too long.
    """
    import fcntl

    file = os.open(_file(home, state_dir, "start"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _locked(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise TimeoutError(f"another command has been starting the emulator of {state_dir} for {_PATIENCE:g} s")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(file)


class Use:
    """The use of an emulator by `amlet run`, for as long as its command takes.

    Parameters:
        home: folder of the records of emulators.
        state_dir: which emulator.

    Attributes:
        last: after the end, whether no command uses it any more, and it was started to be stopped then.
    """

    def __init__(self, home: Path, state_dir: Path) -> None:
        self._path = _file(home, state_dir, "use")
        self.last = False

    def __enter__(self) -> Self:
        import fcntl

        self._lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        return self

    def begin(self, identity: str) -> None:
        """Note the emulator that was started for this use, to be stopped after the last one."""
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, identity.encode(), 0)

    def keep(self) -> None:
        """Let the emulator run after the last use, whichever command started it."""
        os.ftruncate(self._lock, 0)

    def end(self, identity: str) -> None:
        """Find out whether this is the last use of an emulator that is to be stopped; see `last`."""
        import fcntl

        # The exclusive lock can be taken only when no other command holds the shared one.
        self.last = _locked(self._lock, fcntl.LOCK_EX) and os.pread(self._lock, 64, 0).decode() == identity

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._lock)


def _file(home: Path, state_dir: Path, what: str) -> Path:
    folder = home / "emulators"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{hashlib.sha256(str(state_dir.resolve()).encode()).hexdigest()[:16]}.{what}"


def _locked(file: int, mode: int) -> bool:
    import fcntl

    try:
        fcntl.flock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
