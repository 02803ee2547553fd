"""The plain files of a folder that a trial or a user filled: nothing in it can stop, mislead or hold up a reader.

Skipped are symbolic links, named pipes, sockets and devices, names that are not UTF-8 or hold control characters, paths
longer than a blob's name may be, and folders that cannot be read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

#: Characters of a path; the service's limit of a blob's name.
LONGEST_PATH = 1024

#: Control characters, halves of characters (bytes that are not UTF-8), and what no XML may hold.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_APPEND = _READ & ~os.O_RDONLY | os.O_WRONLY | os.O_APPEND | os.O_CREAT

#: How to open a file to read it and to add to it, without following or waiting for what else may be there.
READ_WRITE_PLAIN = _READ & ~os.O_RDONLY | os.O_RDWR | os.O_APPEND

#: Told of each entry that is skipped: its path below the folder, and why.
Skipped = Callable[[str, str], None]


def is_fit(name: str) -> bool:
    """Whether a name can stand in a list, a URL, XML, an archive and on a terminal."""
    return not _UNFIT.search(name)


def printable(name: str) -> str:
    r"""A name for people, with what is unfit in it escaped.

    >>> printable("a\x1b[2J")
    'a\\x1b[2J'
    """
    return _UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), name)


def plain_files(folder: Path, skipped: Skipped = lambda path, why: None) -> Iterator[tuple[str, Path]]:
    """All plain files below a folder, as path below it (with slashes) and file, ordered by folder and name.

    Parameters:
        folder: need not be there.
        skipped: told of what is left out.
    """
    waiting = [("", folder)]
    while waiting:
        base, current = waiting.pop()
        below = []
        for entry in _entries(base, current, skipped):
            path = f"{base}{entry.name}"
            why = _unfit(path, entry)
            if why:
                skipped(path, why)
            elif entry.is_dir(follow_symlinks=False):
                below.append((f"{path}/", Path(entry.path)))
            else:
                yield path, Path(entry.path)
        waiting += reversed(below)


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file for reading, without waiting for whatever else may be in its place.

    Raises:
        FileNotFoundError: there is none.
        OSError: it is not a plain file, or cannot be read.
    """
    return _checked(os.open(path, _READ), path, "rb")


def append_plain(path: Path) -> BinaryIO:
    """Open a plain file for appending, made if need be; what is not a plain file is replaced by one.

    Raises:
        OSError: it cannot be written.
    """
    try:
        return _checked(os.open(path, _APPEND, 0o666), path, "ab")
    except OSError:
        # Only what is not a plain file is replaced: a full disk, too many open files or a folder that cannot be
        # written to leave it as it is.
        if not _is_replaceable(path):
            raise
        path.unlink(missing_ok=True)
        return _checked(os.open(path, _APPEND, 0o666), path, "ab")


def _is_replaceable(path: Path) -> bool:
    """Whether something is there that is neither a plain file nor a folder."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _checked(descriptor: int, path: Path, mode: str) -> BinaryIO:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, mode)  # type: ignore[return-value]
    os.close(descriptor)
    raise OSError(f"{printable(str(path))} is not a plain file")


def _entries(base: str, folder: Path, skipped: Skipped) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        skipped(base.rstrip("/") or ".", f"it cannot be read: {error.strerror}")
        return []


def _unfit(path: str, entry: os.DirEntry[str]) -> str | None:
    """Why an entry is left out."""
    if not is_fit(entry.name):
        return "its name is not UTF-8, or holds control characters"
    if len(path) > LONGEST_PATH:
        return f"its path has more than {LONGEST_PATH} characters"
    return kind_of(entry)


def kind_of(entry: os.DirEntry[str]) -> str | None:
    """What an entry is, where it is neither a plain file nor a folder: for people."""
    if entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False):
        return None
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return f"it is {kinds.get(stat.S_IFMT(mode), 'a device')}"
