"""Containers and blobs of one state directory."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from emulator.clock import RealClock
from emulator.files import PARTIAL_PREFIX, partial_file
from emulator.storage.blobs.errors import BlobExists, BlobNotFound, ContainerNotFound, NameTaken
from emulator.storage.blobs.names import blob_path, container_path, is_inside
from emulator.storage.blobs.properties import Properties, PropertiesFolder, Stamp

_HIDDEN = ".amlet"

#: Links are not followed, and bytes come as they are, where the system makes a difference.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


#: Several stores may write to one folder, so the locks are the process's.
_LOCKS = tuple(threading.Lock() for _ in range(64))


@dataclass(frozen=True, slots=True)
class Blob:
    """One blob as it is now.

    Parameters:
        name: inside its container.
        size: bytes.
        modified: seconds since the epoch.
        etag: changes with every write, quotes included.
        properties: metadata, content type and the like.
    """

    name: str
    size: int
    modified: float
    etag: str
    properties: Properties

    @property
    def created(self) -> float:
        """When its content was written, in seconds since the epoch."""
        known = self.properties.created
        return self.modified if known is None else known


class Upload:
    """A blob that is being written; it appears only with `finish`."""

    def __init__(self, store: BlobStore, container: str, blob: str, path: Path, partial: Path, file: BinaryIO) -> None:
        self._store, self._container, self._blob = store, container, blob
        self._path, self._partial, self._file = path, partial, file

    def write(self, chunk: bytes) -> None:
        """Add some bytes."""
        self._file.write(chunk)

    def append_file(self, path: Path) -> None:
        """Add what another file holds."""
        with path.open("rb") as source:
            shutil.copyfileobj(source, self._file, 1 << 20)

    def finish(self, properties: Properties, *, overwrite: bool = True) -> Blob:
        """Put the blob in its place.

        Raises:
            BlobExists: there is one, and `overwrite` is False.
            NameTaken: a folder is in its place, or a blob where a folder would have to be.
        """
        self._file.close()  # Windows moves no open file
        return self._store.place(self._partial, self._path, self._container, self._blob, properties, overwrite)


class BlobStore:
    """Blobs as files under one folder; what is not content lies in a hidden folder beside the containers.

    Parameters:
        root: the artifacts folder of the state directory; made with the first container.
        stamp: gives the time of the next content (nanoseconds since the epoch), where it is not that of this machine.
    """

    def __init__(self, root: Path, stamp: Callable[[], int] | None = None) -> None:
        self.root = root.resolve()
        self._stamp = stamp
        self.hidden = self.root / _HIDDEN
        self._partial = self.hidden / "partial"
        self.properties = PropertiesFolder(self.hidden / "properties")

    def container(self, container: str) -> Path:
        """Folder of a container.

        Raises:
            BadName: for a name no container can have.
            ContainerNotFound: there is none.
        """
        path = container_path(self.root, container)
        try:
            if S_ISDIR(path.lstat().st_mode):
                return path
        except FileNotFoundError:
            pass
        raise ContainerNotFound(f"container {container!r} does not exist")

    def containers(self) -> list[str]:
        """The names of all containers, sorted."""
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if path.is_dir() and path != self.hidden)

    def create_container(self, container: str) -> bool:
        """Make a container if there is none; whether there was none."""
        path = container_path(self.root, container)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            return False
        return True

    def path(self, container: str, blob: str) -> Path:
        """File of a blob that exists.

        Raises:
            BadName, ContainerNotFound, BlobNotFound: as they say.
        """
        self.container(container)
        path = blob_path(self.root, container, blob)
        if not is_inside(self.root, path) or not path.is_file():
            raise BlobNotFound(f"blob {blob!r} does not exist in container {container!r}")
        return path

    def stat(self, container: str, blob: str) -> Blob:
        """A blob without its content.

        Raises:
            BadName, ContainerNotFound, BlobNotFound: as they say.
        """
        return self.describe(container, blob, self.path(container, blob).stat())

    def describe(self, container: str, blob: str, status: os.stat_result) -> Blob:
        """The blob that a file's status belongs to."""
        return _blob(blob, status, self.properties.get(container, blob, Stamp.of(status)))

    def open(self, container: str, blob: str) -> tuple[Blob, BinaryIO]:
        """A blob and its content, of one moment.

        Raises:
            BadName, ContainerNotFound, BlobNotFound: as they say.
        """
        path = self.path(container, blob)
        try:
            file = os.fdopen(os.open(path, _READ), "rb")
        except OSError:  # gone meanwhile, or not to be read
            raise BlobNotFound(f"blob {blob!r} does not exist in container {container!r}") from None
        # Of the open file: by its path another upload may have replaced it by now.
        status = os.fstat(file.fileno())
        if not S_ISREG(status.st_mode):
            file.close()
            raise BlobNotFound(f"{blob!r} is not a plain file")
        return self.describe(container, blob, status), file

    @contextmanager
    def upload(self, container: str, blob: str) -> Iterator[Upload]:
        """Write a blob; whatever ends the upload before `finish` leaves nothing behind.

        Raises:
            BadName, ContainerNotFound: before anything is written.
        """
        self.container(container)
        path = blob_path(self.root, container, blob)
        with partial_file(self._partial) as (partial, file):
            yield Upload(self, container, blob, path, partial, file)

    def place(
        self, partial: Path, path: Path, container: str, blob: str, properties: Properties, overwrite: bool
    ) -> Blob:
        """Move a finished file to where its blob belongs, and its properties with it; see `Upload.finish`."""
        if not is_inside(self.root, path.parent):
            raise NameTaken(f"a symbolic link is on the way to blob {blob!r}")
        with _writing(path):
            before = _stamp_of(path)
            if before is not None and not overwrite:
                raise BlobExists(f"blob {blob!r} exists already")
            modified = self._stamp() if self._stamp else partial.stat().st_mtime_ns
            if self._stamp or (before and before.modified == modified):  # two writes within one tick of its clock
                modified += before is not None and before.modified == modified
                os.utime(partial, ns=(modified, modified))
            status = partial.stat()
            self.properties.announce(container, blob, before, Stamp.of(status), properties)
            self._move(partial, path, blob, overwrite)
        return _blob(blob, status, properties)

    def _move(self, partial: Path, path: Path, blob: str, overwrite: bool) -> None:
        try:
            try:
                _move(partial, path, overwrite=overwrite)
            except FileNotFoundError:  # the folder of most blobs is there
                path.parent.mkdir(parents=True, exist_ok=True)
                _move(partial, path, overwrite=overwrite)
        except NotADirectoryError:
            raise NameTaken(f"blob {blob!r}: a part of its name is a blob; blobs are files here") from None
        except IsADirectoryError:
            raise NameTaken(f"blob {blob!r}: a folder has its place; blobs are files here") from None
        except FileExistsError:
            if path.is_file():
                raise BlobExists(f"blob {blob!r} exists already") from None
            raise NameTaken(f"blob {blob!r}: something else has its place; blobs are files here") from None

    def set_metadata(self, container: str, blob: str, metadata: dict[str, str]) -> Blob:
        """Replace the metadata of a blob."""
        path = self.path(container, blob)
        with _writing(path):
            before = Stamp.of(path.stat())
            modified = max(before.modified + 1, self._stamp() if self._stamp else int(RealClock().now() * 1e9))
            known = self.properties.get(container, blob, before)
            created = before.modified / 1e9 if known.created is None else known.created
            properties = replace(known, metadata=metadata, created=created)
            self.properties.announce(container, blob, before, Stamp(modified, before.size), properties)
            os.utime(path, ns=(modified, modified))  # makes them the blob's
            return self.stat(container, blob)

    def delete(self, container: str, blob: str) -> None:
        """Remove a blob, and the folders that this leaves empty.

        Raises:
            BadName, ContainerNotFound, BlobNotFound: as they say.
        """
        path = self.path(container, blob)
        with _writing(path):
            path.unlink()
            self.properties.drop(container, blob)
        top = self.container(container)
        for folder in path.parents:
            if folder == top:
                return
            try:
                folder.rmdir()
            except OSError:
                return

    def forget_partial(self) -> None:
        """Remove what uploads left that a crash interrupted; for the start of an emulator."""
        for leftover in self.hidden.rglob(f"{PARTIAL_PREFIX}*"):
            leftover.unlink(missing_ok=True)


def _writing(path: Path) -> threading.Lock:
    """The lock for changing a blob: its content and its properties change together."""
    return _LOCKS[hash(path) % len(_LOCKS)]


def _stamp_of(path: Path) -> Stamp | None:
    """The stamp of the blob in a place; None where there is none."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Stamp.of(status) if S_ISREG(status.st_mode) else None


def _move(partial: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        partial.replace(path)
    else:
        # Unlike a rename, a link fails where there is a file: of two uploads at once, one wins.
        os.link(partial, path)


def _blob(name: str, status: os.stat_result, properties: Properties) -> Blob:
    # Of what the file system keeps, so that it survives restarts and copies of the state without a table.
    etag = f'"0x{status.st_mtime_ns:X}{status.st_size:X}"'
    return Blob(name, status.st_size, status.st_mtime, etag, properties)
