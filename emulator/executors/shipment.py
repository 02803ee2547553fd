"""What a worker on another machine is sent of a launch: files by their hash, and texts without this machine's paths.

The layout at the worker, below the folder of the attempt: `code`, where the command runs; `reads/N/NAME`, what it reads
besides; `writes/N`, what it writes besides. Whatever comes back is put where the launch has it here, so
that all that follows is the same as for an attempt of this machine.
"""

from __future__ import annotations

import hashlib
import os
import re
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from emulator.executors.base import Attempt, Launch
from emulator.executors.offers import Offer, OfferedFile, OfferedOutput

_CODE, _READS, _WRITES = "code", "reads", "writes"

#: Stands for `{{` of the user's own, so that none of theirs is taken for a placeholder.
_OPEN = "{{open}}"

_MORE = re.compile(r"[\w.+-]")
_OF_A_PATH = string.ascii_letters + string.digits + "_.+-~/"

_INLINE = 4096  # bytes


def offer_of(
    attempt: Attempt,
    launch: Launch,
    environ: Mapping[str, str],
    origins: tuple[str, ...],
    resources: Mapping[str, float],
    grace: float,
) -> Offer:
    """What a worker is offered of an attempt whose folders were made here.

    Parameters:
        attempt: its name makes the name of its folder.
        launch: its command and what is around it.
        environ: variables of this process: of those that the launch has from here, the worker gives its own.
        origins: of the emulator, without a slash at the end: the worker reaches it under another one.
        resources: that the attempt takes.
        grace: seconds between SIGTERM and SIGKILL, unless a stop says otherwise.

    Raises:
        OSError: a file cannot be read.
    """
    reads = {path: f"{_READS}/{number}/{path.name}" for number, path in enumerate(launch.reads)}
    writes = [_Write(path, f"{_WRITES}/{number}", path.is_dir()) for number, path in enumerate(launch.writes)]
    texts = _Texts({launch.folder: _CODE, **reads, **{one.path: one.place for one in writes}}, origins)
    inherited = {
        name
        for name, text in launch.environment.items()
        if name != "PATH" and environ.get(name) == text and any(fnmatchcase(name, one) for one in launch.inherits)
    }
    environment = {name: texts(text) for name, text in launch.environment.items() if name not in inherited}
    environment["PATH"] = _path(texts, launch.environment.get("PATH", ""), environ.get("PATH", ""))
    files, folders = _tree(launch.folder, _CODE)
    folders.append(f"{_CODE}/logs")
    for path, place in reads.items():
        more_files, more_folders = _tree(path, place)
        files += _inline(more_files)
        folders += [place.rpartition("/")[0], *more_folders]
    outputs = [
        OfferedOutput(f"{_CODE}/outputs", "outputs", launch.folder / "outputs"),
        OfferedOutput(f"{_CODE}/logs", "logs", (launch.folder / "logs").resolve()),
        *(OfferedOutput(one.folder, one.path.name, one.target) for one in writes),
    ]
    return Offer(
        # The Python of this process starts the processes of a distributed trial; at the worker that is its own.
        command=["bash", "-c", texts(launch.command).replace(sys.executable, "python")],
        environment=environment,
        folder=f"{attempt.name or 'attempt'}-{attempt.id.replace('/', '-')}",
        log=launch.log,
        files=files,
        outputs=outputs,
        resources=dict(resources),
        grace=grace,
        working_folder=_CODE,
        folders=[*folders, *(one.folder for one in writes)],
        inherits=launch.inherits,
    )


class _Write(NamedTuple):
    """A folder, or a file in a folder of its own, that the attempt writes.

    Parameters:
        path: on this machine.
        folder: at the worker, below the folder of the attempt.
        is_folder: whether it is a folder.
    """

    path: Path
    folder: str
    is_folder: bool

    @property
    def place(self) -> str:
        return self.folder if self.is_folder else f"{self.folder}/{self.path.name}"

    @property
    def target(self) -> Path:
        return self.path if self.is_folder else self.path.parent


class _Texts:
    """Replaces the paths and origins of this machine in texts by what stands for the worker's, and `{{`.

    Not by a regular expression: the paths differ from attempt to attempt, and to compile one takes longer than this.
    """

    def __init__(self, places: Mapping[Path, str], origins: tuple[str, ...]) -> None:
        self._for = {str(path): f"{{{{folder}}}}/{place}" for path, place in places.items()}
        self._for |= dict.fromkeys(origins, "{{emulator}}")

    def __call__(self, text: str) -> str:
        parts, at = [], 0
        # From the left, and of what begins at one place the longest: what was put in is not looked at again.
        while found := min(self._found(text, at), default=None):
            start, less, instead = found
            parts += [text[at:start], instead]
            at = start - less
        return "".join([*parts, text[at:]]) if parts else text

    def _found(self, text: str, at: int) -> Iterator[tuple[int, int, str]]:
        """Where each of them stands next, less its length, and what comes in its place.

        What follows one of them at once is the rest of that path.
        """
        if (start := text.find("{{", at)) >= 0:
            yield start, -2, _OPEN
        for known, instead in self._for.items():
            start = text.find(known, at + 1 if at else 0)
            # A path is followed by nothing that could be more of its last name, and does not end a longer one.
            while start >= 0 and (_MORE.match(text, start + len(known)) or _within_path(text, start)):
                start = text.find(known, start + 1)
            if start >= 0:
                yield start, -len(known), instead


def _within_path(text: str, start: int) -> bool:
    """Whether what starts there goes on a path, as `/data` does in `/mnt/data`; in `-I/data` and `file:///data` not."""
    before = text[max(0, start - 256) : start]
    begun = before[len(before.rstrip(_OF_A_PATH)) :]
    return bool(begun.strip("/")) and (not begun.startswith("-") or "/" in begun)


def _path(texts: _Texts, path: str, own: str) -> str:
    """PATH for the worker: what the launch has put before this machine's own, then the worker's own."""
    first = path.removesuffix(own).rstrip(os.pathsep) if own else path
    return os.pathsep.join(filter(None, [texts(first), "{{path}}"]))


def _tree(root: Path, place: str) -> tuple[list[OfferedFile], list[str]]:
    """The plain files at a path, links to files included, and the folders, which may be empty; no links to folders.

    Parameters:
        root: a folder or a file of this machine.
        place: of it at the worker.
    """
    if root.is_file():
        return [_offered(os.fspath(root), root.stat(), place)], []
    files, folders = [], []
    waiting = [(os.fspath(root), place)] if root.is_dir() else []
    while waiting:
        folder, at = waiting.pop()
        folders.append(at)
        below = []
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, f"{at}/{entry.name}"))
                elif entry.is_file():
                    files.append(_offered(entry.path, entry.stat(), f"{at}/{entry.name}"))
        waiting += reversed(below)
    return files, folders


def _inline(files: list[OfferedFile]) -> list[OfferedFile]:
    """A few small files come with the lease: what an attempt signs in with is in one of its own, which no cache has."""
    if sum(one.size for one in files) > _INLINE:
        return files
    return [replace(one, is_inline=True) for one in files]


def _offered(path: str, status: os.stat_result, place: str) -> OfferedFile:
    sha256 = _sha256(path, status.st_ino, status.st_size, status.st_mtime_ns)
    return OfferedFile(place, Path(path), sha256, status.st_size, status.st_mode & 0o777)


@lru_cache(maxsize=4_096)
def _sha256(path: str, inode: int, size: int, changed: int) -> str:
    """The hash of a file; known as long as nothing says that the file was changed."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
