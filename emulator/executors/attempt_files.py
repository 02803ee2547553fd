"""One small file for each attempt that runs a command: there while the attempt counts, with its exit code at the end.

The parent of the command writes the code (`spawner_program`), so that it is known also when the emulator was killed
meanwhile. The file is made before the command starts and only written into, which needs no space on a full disk.
What stops an attempt removes its file first: what a stopped command exits with says nothing.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Collection
from pathlib import Path

#: Seconds between the end of a command and its code in the file, at most; a busy machine takes milliseconds.
_LATEST = 2.0
_LOOK = 0.002

_RUNNING = b"running\n"


class AttemptFiles:
    """The files of the attempts of one state directory.

    Parameters:
        folder: made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._spare: list[Path] = []

    def path(self, attempt: str) -> Path:
        """The file of an attempt, by its id."""
        return self._folder / attempt.replace("/", "-")

    def make(self, attempt: str) -> Path:
        """Make the file of an attempt that is about to start.

        Raises:
            OSError: it cannot be written.
        """
        path = self.path(attempt)
        try:
            spare = self._spare.pop()
            with spare.open("r+b", buffering=0) as file:  # to truncate it would have some file systems write it out
                file.write(_RUNNING)
            spare.rename(path)
        except (IndexError, OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(_RUNNING)
        return path

    def exists(self, attempt: str) -> bool:
        """Whether an attempt was started here, and neither stopped nor forgotten."""
        return self.path(attempt).exists()

    def code(self, attempt: str) -> int | None:
        """The exit code of an attempt; None while its command runs, or when it could not write one."""
        with contextlib.suppress(OSError):
            first, end, _ = self.path(attempt).read_bytes().partition(b"\n")
            if end and first.isdigit():
                return int(first)
        return None

    def code_soon(self, attempt: str) -> int | None:
        """As `code`, of an attempt whose command has ended just now."""
        deadline = time.monotonic() + _LATEST
        while (code := self.code(attempt)) is None and self.exists(attempt) and time.monotonic() < deadline:
            time.sleep(_LOOK)
        return code

    def put_aside(self, attempt: str) -> None:
        """As `remove`, where the code is written: the file will be that of another attempt.

        Renaming takes microseconds, making and removing a file up to a millisecond on some file systems.
        """
        spare = self._folder / f".spare-{os.getpid()}-{next(self._numbers)}"
        with contextlib.suppress(OSError):
            self.path(attempt).rename(spare)
            self._spare.append(spare)

    def remove(self, attempt: str) -> None:
        """Remove the file of an attempt; one that is not there is fine."""
        with contextlib.suppress(OSError):
            self.path(attempt).unlink()

    def keep_only(self, attempts: Collection[str]) -> None:
        """Remove the files of all other attempts."""
        names = {self.path(attempt).name for attempt in attempts}
        if self._folder.is_dir():
            for path in list(self._folder.iterdir()):
                if path.name not in names:
                    path.unlink(missing_ok=True)
