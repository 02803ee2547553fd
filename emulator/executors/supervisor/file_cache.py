"""Files by their hash, kept on a host for all attempts that run there, up to a number of bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from typing import BinaryIO, Callable

_PIECE = 1 << 20  # bytes
_PARTIAL = ".partial-"


class FileCache:
    """A folder of files that are named by their SHA-256; any number of processes may use it at once.

    A file appears whole or not at all, and is checked again whenever it is copied: an attempt may have changed it.

    Parameters:
        folder: made when it is not there.
        limit: bytes that all files may have together; the ones that were not used for longest are removed first.
    """

    def __init__(self, folder: str, limit: int) -> None:
        self._folder, self._limit = folder, limit
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._size = sum(size for _, size, _ in self._entries())

    def copy(self, sha256: str, size: int, target: str, mode: int, fetch: Callable[[BinaryIO], None]) -> None:
        """Copy a file, which is fetched first if it is not here.

        Parameters:
            sha256, size: of the file, in bytes.
            target: path of a file that does not exist.
            mode: its permissions.
            fetch: writes the file, and raises when it cannot.
        """
        if not self._copied(sha256, target):
            # It would push everything else out of the cache and still not fit.
            if size > self._limit:
                with open(target, "wb") as file:
                    fetch(file)
            else:
                self._fetch(sha256, size, fetch)
                if not self._copied(sha256, target):
                    raise OSError(f"{sha256} was changed on its way through {self._folder}")
        os.chmod(target, mode)

    def _copied(self, sha256: str, target: str) -> bool:
        path = os.path.join(self._folder, sha256)
        digest = hashlib.sha256()
        try:
            with open(path, "rb") as source, open(target, "wb") as file:
                # What is used stays; by this time, as many machines do not keep when a file was read.
                os.utime(path)
                for piece in iter(lambda: source.read(_PIECE), b""):
                    digest.update(piece)
                    file.write(piece)
        except FileNotFoundError:
            # Not the cached file is missing but the folder it goes to: fetching would not help.
            if not os.path.isdir(os.path.dirname(target)):
                raise
            return False
        if digest.hexdigest() != sha256:
            os.unlink(target)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            return False
        return True

    def _fetch(self, sha256: str, size: int, fetch: Callable[[BinaryIO], None]) -> None:
        self._free(size)
        descriptor, partial = tempfile.mkstemp(prefix=_PARTIAL, dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                fetch(file)
            os.replace(partial, os.path.join(self._folder, sha256))
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(partial)
            raise
        self._size += size

    def _free(self, size: int) -> None:
        if self._size + size <= self._limit:
            return
        entries = sorted(self._entries())
        self._size = sum(one for _, one, _ in entries)
        for _, one, path in entries:
            if self._size + size <= self._limit:
                return
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            self._size -= one

    def _entries(self) -> list[tuple[float, int, str]]:
        """When each file was last used, its size and its path; what is being fetched counts too."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime, status.st_size, entry.path))
        return found
