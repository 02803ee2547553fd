"""Environments that were built: each once, under the hash of what it is made from, by one process at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from emulator.executors.base import TrialRefused

_COMPLETE = "amlet-complete"


class BuildLog:
    """Takes what a build has to say, and runs its commands.

    Parameters:
        path: of the log; made when something is said.
        environ: variables for the commands.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = dict(environ)

    def say(self, text: str) -> None:
        """Add a line."""
        with self._opened() as file:
            file.write(f"{text}\n".encode())

    def run(self, command: Sequence[str | Path], remedy: str) -> None:
        """Run a command, its output in the log.

        Parameters:
            remedy: what to do when it fails, for people.

        Raises:
            TrialRefused: it fails; the text has the end of its output.
        """
        words = [str(word) for word in command]
        self.say("$ " + " ".join(words))
        with self._opened() as file:
            try:
                code = subprocess.run(
                    words,
                    env=self._environ,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    check=False,
                ).returncode
            except OSError as error:
                raise TrialRefused(f"{words[0]} cannot be run: {error.strerror}\n{remedy}") from None
        if code:
            end = self._path.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
            raise TrialRefused("\n".join([f"{words[0]} failed with exit code {code}:", *end, remedy]))

    @contextmanager
    def _opened(self) -> Iterator[FileIO]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:
            yield file


@dataclass(frozen=True, slots=True)
class BuiltEnvironments:
    """The cache.

    Parameters:
        folder: of the cache; need not exist.
    """

    folder: Path

    def get(self, digest: str, build: Callable[[Path], None]) -> Path:
        """The folder of an environment, built if need be; others that want the same wait for it.

        Parameters:
            digest: of all that it is made from.
            build: makes it in the folder it is given, which is not there yet; what it raises is passed on.
        """
        place = self.folder / digest
        with _locked(self.folder, digest):
            if not (place / _COMPLETE).is_file():
                shutil.rmtree(place, ignore_errors=True)
                build(place)
                # Last: a build that was interrupted has no such mark, and is made anew.
                (place / _COMPLETE).touch()
        return place


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock between processes and threads; the system lets go of it when this process ends."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
