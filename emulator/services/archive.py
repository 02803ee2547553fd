"""One file that holds folders and files: written in order, and unpacked without trust in what it says."""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from emulator.files import PARTIAL_PREFIX, partial_file
from emulator.plain_files import LONGEST_PATH, is_fit, open_plain, plain_files

_CHUNK = 1 << 20
_MOST_FILES = 1_000_000
_LONGEST_NAME = LONGEST_PATH + 256  # a blob's, below the folder of its container
_LONGEST_TIME = 19  # digits of nanoseconds: what 64 bits hold
_TOO_LARGE = "it is larger than the setting snapshot_bytes allows"


class InvalidArchive(ValueError):
    """An archive is damaged, too large, or would write where it must not; the text says which."""


class Writer:
    """Adds files to an archive; times are kept to the nanosecond, in the entries' comments.

    Parameters:
        packed: the archive.
        limit: bytes that all files together may have.
    """

    def __init__(self, packed: zipfile.ZipFile, limit: int) -> None:
        self._packed = packed
        self._left = limit

    def text(self, name: str, content: bytes) -> None:
        """Add a file that is not on disk."""
        self._packed.writestr(_entry(name), content)

    def file(self, name: str, path: Path) -> None:
        """Add a file as it is now; one that is gone, or no plain file, is passed over.

        Raises:
            InvalidArchive: the archive would be too large.
        """
        try:
            opened = open_plain(path)
        except OSError:
            return
        with opened as content:
            entry = _entry(name, os.fstat(content.fileno()).st_mtime_ns)
            # The size is not known before: a log may grow while it is read, past what a plain entry can hold.
            with self._packed.open(entry, "w", force_zip64=True) as target:
                while chunk := content.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise InvalidArchive(_TOO_LARGE)
                    target.write(chunk)

    def folder(self, name: str, path: Path) -> None:
        """Add all plain files below a folder, by name; links and files that are being written are passed over."""
        for below, found in plain_files(path):
            if not found.name.startswith(PARTIAL_PREFIX):
                self.file(f"{name}/{below}", found)


@contextmanager
def writing(path: Path, limit: int) -> Iterator[Writer]:
    """Make an archive that only its owner can read; it appears whole or not at all.

    Parameters:
        limit: bytes that its files may have together.

    Raises:
        InvalidArchive: it would be larger.
    """
    with partial_file(path.parent, mode=0o600) as (partial, raw):
        # The fastest level: a test waits for each of its snapshots.
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            yield Writer(packed, limit)
        raw.close()
        partial.replace(path)


def unpack(path: Path, folder: Path, limit: int) -> None:
    """Unpack an archive into a new folder: plain files below it, and nothing else.

    Parameters:
        limit: bytes that its files may have together.

    Raises:
        InvalidArchive: it would write elsewhere, or more, or is not an archive.
    """
    folder.mkdir(mode=0o700)
    left = limit
    try:
        with zipfile.ZipFile(path) as packed:
            # Before anything is written: empty entries cost no bytes, but a million of them use up the disk's inodes.
            if len(packed.infolist()) > _MOST_FILES:
                raise InvalidArchive(_TOO_LARGE)
            for entry in packed.infolist():
                target = _target(folder, entry)
                # `x`: an entry must not write over one that came before it.
                with packed.open(entry) as source, target.open("xb") as file:
                    left -= _copy(source, file, left)
                if entry.comment.isdigit() and len(entry.comment) <= _LONGEST_TIME:
                    os.utime(target, ns=(int(entry.comment), int(entry.comment)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OverflowError, RuntimeError) as error:
        raise InvalidArchive(f"it is not an archive, or is damaged: {error}") from None
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise InvalidArchive(f"duplicate entry: {Path(str(error.filename)).name!r}") from None


def _entry(name: str, moment: int | None = None) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.comment = b"" if moment is None else str(moment).encode()
    return entry


def _copy(source: IO[bytes], file: IO[bytes], left: int) -> int:
    """Copy what an entry really holds, whatever it says of its size."""
    copied = 0
    while chunk := source.read(_CHUNK):
        copied += len(chunk)
        if copied > left:
            raise InvalidArchive(_TOO_LARGE)
        file.write(chunk)
    return copied


def _target(folder: Path, entry: zipfile.ZipInfo) -> Path:
    """Where an entry belongs, which is below the folder."""
    name, text = PurePosixPath(entry.filename), entry.filename
    odd = not name.parts or len(text) > _LONGEST_NAME or ":" in name.parts[0] or not is_fit(text)
    odd = odd or ("\\" in text and (os.sep == "\\" or ".." in text.split("\\")))
    if odd or entry.is_dir() or name.is_absolute() or ".." in name.parts:
        raise InvalidArchive(f"{text[:200]!r} is not a name of a file below its folder")
    target = folder.joinpath(*name.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def remove(folder: Path) -> None:
    """Remove a folder that may be there; its name is free at once."""
    trash = folder.with_name(f".removed-{folder.name}")
    shutil.rmtree(trash, ignore_errors=True)  # of a process that was killed meanwhile
    if folder.exists():
        folder.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)
