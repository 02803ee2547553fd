"""Named states of an emulator, each in one file: saved while it works, and loaded again."""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from contracts.version import __version__
from emulator.clock import iso
from emulator.files import partial_file
from emulator.ids import SeededIds
from emulator.services import archive
from emulator.services.archive import InvalidArchive
from emulator.services.context import Emulator
from emulator.services.state_swap import StateSwap
from emulator.storage import contents
from emulator.storage.checking import InvalidContents

FORMAT = 1

_SUFFIX = ".amlet.zip"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DATABASE, _MANIFEST, _ARTIFACTS = "amlet.db", "manifest.json", "artifacts"


class SnapshotError(ValueError):
    """A snapshot cannot be made or loaded; the text says why, and the state is what it was."""


class Busy(SnapshotError):
    """Another snapshot, restore or reset is running."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved state.

    Parameters:
        name: letters, digits, dots, dashes and underscores, at most 64.
        path: of its file.
    """

    name: str
    path: Path

    def document(self) -> dict[str, Any]:
        """Name, size and time as JSON."""
        found = self.path.stat()
        return {"name": self.name, "bytes": found.st_size, "saved": iso(found.st_mtime)}


class Snapshots:
    """The snapshots of one emulator, in `snapshots/` of its state directory; calls take as long as the state is large.

    Parameters:
        emulator: whose state it is.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._folder = emulator.place.state_dir / "snapshots"
        self._lock = threading.Lock()

    def all(self) -> list[Snapshot]:
        """Those that there are, by name."""
        found = sorted(self._folder.glob(f"[!.]*{_SUFFIX}"))
        return [Snapshot(path.name.removesuffix(_SUFFIX), path) for path in found]

    def find(self, name: str) -> Snapshot | None:
        """The snapshot of that name.

        Raises:
            SnapshotError: no snapshot can be called that.
        """
        snapshot = self.named(name)
        return snapshot if snapshot.path.is_file() else None

    def named(self, name: str) -> Snapshot:
        """A snapshot of that name, whether there is one or not.

        Raises:
            SnapshotError: no snapshot can be called that.
        """
        if not _NAME.fullmatch(name):
            raise SnapshotError(
                f"{name[:100]!r} is not a name for a snapshot: use 1 to 64 letters, digits, dots, dashes, _"
            )
        return Snapshot(name, self._folder / f"{name}{_SUFFIX}")

    def save(self, name: str) -> Snapshot:
        """Save the state as it is now; one of that name is replaced.

        Raises:
            SnapshotError: the name, or the size, is not possible.
            Busy: see there.
        """
        snapshot = self.named(name)
        with self._alone() as working:
            database = working / _DATABASE
            try:
                contents.save(self._emulator.store.reader(), database)
                # The database first: files that are written meanwhile are merely unknown to it, whereas rows without
                # their files would be damage.
                with archive.writing(snapshot.path, self._limit) as writer:
                    writer.text(_MANIFEST, orjson.dumps(self._manifest()))
                    writer.file(_DATABASE, database)
                    writer.folder(_ARTIFACTS, self._emulator.place.artifacts)
            except (InvalidArchive, sqlite3.Error, OSError) as error:
                raise SnapshotError(f"the state cannot be saved: {error}") from None
        return snapshot

    def load(self, snapshot: Snapshot) -> None:
        """Have the saved state in the place of the present one; running trials end, unfinished jobs go on.

        Raises:
            SnapshotError: the file is not a snapshot, or is one of another version.
            Busy: see there.
        """
        with self._alone() as working:
            unpacked = working / "unpacked"
            try:
                archive.unpack(snapshot.path, unpacked, self._limit)
                _check_parts(unpacked)
                manifest = _read_manifest(unpacked / _MANIFEST)
                source = contents.opened(unpacked / _DATABASE)
            except (InvalidArchive, InvalidContents, OSError) as error:
                raise SnapshotError(f"snapshot {snapshot.name!r} cannot be loaded: {error}") from None
            try:
                self._replace(unpacked / _ARTIFACTS, lambda conn: contents.replace(conn, source), manifest)
            except InvalidContents as error:
                raise SnapshotError(f"snapshot {snapshot.name!r} cannot be loaded: {error}") from None
            finally:
                source.close()

    @contextmanager
    def receiving(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Take the file of a snapshot chunk by chunk; it counts once the context ends without an error.

        Raises:
            SnapshotError: the name, or the size, is not possible.
        """
        snapshot = self.named(name)
        left = self._limit
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with partial_file(self._folder, mode=0o600) as (partial, file):

            def write(chunk: bytes) -> None:
                nonlocal left
                left -= len(chunk)
                if left < 0:
                    raise SnapshotError("the file is larger than the setting snapshot_bytes allows")
                file.write(chunk)

            yield write
            file.close()
            partial.replace(snapshot.path)

    def reset(self) -> None:
        """Remove all jobs, metrics, logs, uploads and assets, and what was planned and asked; snapshots stay.

        Time, ids and the scenario of the start begin again.

        Raises:
            Busy: see there.
        """
        emulator = self._emulator
        with self._exclusive(), self._stopped():
            emulator.store.write(contents.empty).result()
            for folder in (emulator.place.artifacts, emulator.place.state_dir / "runs"):
                archive.remove(folder)
            if isinstance(emulator.ids, SeededIds):
                emulator.ids.resume({})
            if emulator.time is not None:
                emulator.time.restart()
            emulator.journal.clear()
            emulator.play_scenario()

    def _replace(
        self,
        artifacts: Path,
        change: Callable[[sqlite3.Connection], None],
        manifest: Mapping[str, Any],
    ) -> None:
        emulator = self._emulator
        with self._stopped():
            StateSwap(emulator.store, emulator.place).replace(change, artifacts)
            if isinstance(emulator.ids, SeededIds):
                emulator.ids.resume(_counts(manifest.get("ids")))
            if emulator.time is not None:
                moment = manifest.get("now")
                emulator.time.stand_at(moment if isinstance(moment, float) else emulator.time.clock.start)

    def _manifest(self) -> dict[str, Any]:
        emulator = self._emulator
        given = emulator.ids.given if isinstance(emulator.ids, SeededIds) else {}
        now = emulator.clock.now()
        return {"format": FORMAT, "amlet": __version__, "now": now, "at": iso(now), "ids": given}

    @property
    def _limit(self) -> int:
        return self._emulator.settings.snapshot_bytes

    @contextmanager
    def _alone(self) -> Iterator[Path]:
        """A folder to work in, for one at a time."""
        working = self._folder / ".working"
        with self._exclusive():
            try:
                shutil.rmtree(working, ignore_errors=True)
                working.mkdir(parents=True, mode=0o700)
                yield working
            finally:
                shutil.rmtree(working, ignore_errors=True)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        # Refused and not queued: the second of two resets would remove what its caller has just seen succeed.
        if not self._lock.acquire(blocking=False):
            raise Busy("another snapshot, restore or reset is running; wait until it is done")
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        """No job runs meanwhile; afterwards those that are unfinished in the state of then."""
        self._emulator.job_runner.stop()
        try:
            yield
        finally:
            self._emulator.job_runner.start()


def _check_parts(unpacked: Path) -> None:
    """Refuse files that no snapshot has, such as a journal that SQLite would play into the database."""
    for found in unpacked.iterdir():
        if found.name not in (_MANIFEST, _DATABASE, _ARTIFACTS) or found.is_dir() != (found.name == _ARTIFACTS):
            raise InvalidArchive(f"{found.name!r} is not a part of a snapshot")


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = orjson.loads(path.read_bytes())
        found = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidArchive("it has no manifest.json: it was not made by amlet") from None
    if found != FORMAT:
        raise InvalidArchive(f"it has format {found}, this amlet reads {FORMAT}")
    return dict(manifest)


def _counts(given: Any) -> dict[str, int]:
    """How many ids each purpose got; anything else is left out."""
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(purpose): count for purpose, count in pairs if isinstance(count, int) and count >= 0}
