"""One small file for each attempt that runs a command: there while the attempt counts, with its exit code at the end.

The shell around the command writes the code (`SCRIPT`), so that it is known also when the emulator was killed
meanwhile. The file is made before the command starts and only written into, which needs no space on a full disk.
What stops an attempt removes its file first: what a stopped command exits with says nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

#: For `sh -c SCRIPT FILE NUMBER COMMAND...`: runs the command and writes its exit code into the file, if that is still
#: there. All it starts carries the number as its limit of file locks (`process_mark`; -w of dash and busybox, -x of
#: bash).
#: Signals that end the command's whole group must not end the shell before the command; it passes them over (a trap,
#: unlike an ignored signal, is not inherited). Its stderr is not the log, which its own messages about signals are kept
#: out of: only the child that becomes the command has both streams in the log.
SCRIPT = """ulimit -w "$1" || ulimit -x "$1"
shift
trap : HUP INT QUIT TERM ALRM USR1 USR2
(exec "$@" 2>&1)
code=$?
[ -e "$0" ] && echo "$code" 1<>"$0"
exit "$code\""""

_RUNNING = b"running\n"


class AttemptFiles:
    """The files of the attempts of one state directory.

    Parameters:
        folder: made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
            path.write_bytes(_RUNNING)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
