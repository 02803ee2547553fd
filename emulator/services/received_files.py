"""The logs and outputs that workers send in pieces: each byte once, in its place, outputs whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import orjson

from emulator.executors.lease import Lease
from emulator.files import partial_file, write_whole
from emulator.plain_files import LONGEST_PATH, append_plain, is_fit, open_plain
from emulator.services.refusal import Refusal

#: Folders of a run's artifacts that a worker may write logs to.
_LOGS = ("user_logs", "logs")
_MOST_LOGS = 200
_BASES = "logs.json"
_BLOCK = 1 << 20


class Gap(Exception):
    """A piece begins behind the end of what has come.

    Parameters:
        offset: where the next piece has to begin.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(f"what has come ends at {offset}")
        self.offset = offset


class ReceivedLog:
    """One log of an attempt, which is appended to what earlier attempts of the run left there.

    Parameters:
        lease: of the attempt; it is held.
        name: below the run's artifacts: `user_logs/std_log.txt`.
        folder: keeps where the attempt's part of each log begins.

    Raises:
        Refusal: there can be no such log.
    """

    def __init__(self, lease: Lease, name: str, folder: Path) -> None:
        first, *rest = _segments(name)
        if first not in _LOGS or not rest:
            raise _bad(f"a log is below {' or '.join(_LOGS)}, not at {name!r:.80}")
        self._path = below(lease.artifacts, [first, *rest])
        self._name, self._bases = name, folder / _BASES

    def append(self, offset: int, data: bytes, limit: int) -> int:
        """Append what has not come before; the offset of the next piece.

        Parameters:
            offset: of the piece, in what the attempt logs.
            data: the piece.
            limit: bytes that the attempt may log here.

        Raises:
            Gap: something before the piece is missing.
            Refusal: the log is longer than it may be.
            OSError: it cannot be written.
        """
        with append_plain(self._path) as file:
            size = os.fstat(file.fileno()).st_size
            # By the file and not by a count that is kept: after a crash what is in the file is what has come.
            known = max(0, size - self._base(size))
            if offset > known:
                raise Gap(known)
            new = data[known - offset :]
            if known + len(new) > limit:
                raise Refusal(413, "LogTooLarge", f"The log {self._name} may have {limit} bytes; leave the rest out.")
            file.write(new)
        return known + len(new)

    def _base(self, size: int) -> int:
        try:
            bases = orjson.loads(self._bases.read_bytes())
        except FileNotFoundError:
            bases = {}
        if self._name not in bases:
            if len(bases) >= _MOST_LOGS:
                raise _bad(f"an attempt has at most {_MOST_LOGS} logs")
            bases[self._name] = size
            # Before the first byte: else what an earlier attempt wrote would count as this one's.
            write_whole(self._bases, orjson.dumps(bases), mode=0o600)
        return int(bases[self._name])


class ReceivedOutput:
    """One file of an output; it appears in its place when it is complete and its hash agrees.

    Parameters:
        lease: of the attempt.
        path: below the attempt's folder.
        size: of the whole file, in bytes.
        sha256: of the whole file.
        folder: keeps the pieces.

    Raises:
        Refusal: it is in no output of the attempt, or cannot be.
    """

    def __init__(self, lease: Lease, path: str, size: int, sha256: str, folder: Path) -> None:
        self._segments, self._target = _target(lease, path)
        self._size, self._sha256, self._shown = size, sha256, path
        self.partial = folder / hashlib.sha256(path.encode()).hexdigest()

    def begin(self, offset: int) -> bool:
        """Make ready for a piece; whether it is wanted, and not one of a file that is in its place already.

        Raises:
            Gap: something before it is missing.
        """
        known = self.partial.stat().st_size if self.partial.is_file() else 0
        if offset > known:
            if self._is_in_place():
                return False
            raise Gap(known)
        self.partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.partial.touch(mode=0o600)
        return True

    def opened(self, offset: int) -> BinaryIO:
        """The file to write a piece into, which its caller closes.

        Raises:
            OSError: it cannot be written.
        """
        file = self.partial.open("r+b")
        file.seek(offset)
        return file

    def check(self) -> None:
        """Compare what has come with its hash; what is wrong is forgotten.

        Raises:
            Refusal: they do not agree.
        """
        if self.partial.stat().st_size != self._size or _hash(self.partial) != self._sha256:
            self.partial.unlink(missing_ok=True)
            raise Refusal(
                422, "HashMismatch", f"What came of {self._shown} has another size or SHA-256; send it again."
            )

    def put_in_place(self) -> None:
        """Put the whole file where it belongs, in one step.

        Raises:
            Refusal: something else is in the way.
            OSError: it cannot be written.
        """
        self._target.mkdir(parents=True, exist_ok=True)
        place = below(self._target, self._segments)
        try:
            self.partial.replace(place)
        except OSError as error:
            if place.is_dir():
                raise _bad(f"{self._shown} is a folder") from error
            with self.partial.open("rb") as source, partial_file(place.parent) as (copy, file):  # on another disk
                shutil.copyfileobj(source, file, _BLOCK)
                file.close()
                copy.replace(place)
            self.partial.unlink()

    def _is_in_place(self) -> bool:
        """Whether the whole file is where it belongs: its last piece came before."""
        path = self._target.joinpath(*self._segments)
        try:
            with open_plain(path) as file:
                return os.fstat(file.fileno()).st_size == self._size and _hash(path) == self._sha256
        except OSError:
            return False


def below(root: Path, segments: Sequence[str]) -> Path:
    """A file below a folder; the folders between are made, and none of them is a link that leads elsewhere.

    Raises:
        Refusal: something else than a folder is in the way.
    """
    folder = root
    for segment in segments[:-1]:
        folder = folder / segment
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise _bad(f"{'/'.join(segments)} leads through {segment}, which is not a folder")
        folder.mkdir(exist_ok=True, parents=True)
    return folder / segments[-1]


def _target(lease: Lease, path: str) -> tuple[list[str], Path]:
    segments = _segments(path)
    # The longest path first: the folder of one output may be in that of another.
    for output in sorted(lease.offer.outputs, key=lambda one: -len(one.path)):
        parts = output.path.split("/")
        if segments[: len(parts)] == parts and len(segments) > len(parts):
            return segments[len(parts) :], output.target
    raise _bad(f"{path!r:.80} is in no output of the attempt")


def _segments(path: str) -> list[str]:
    segments = path.split("/")
    if len(path) > LONGEST_PATH or not is_fit(path) or not {"", ".", ".."}.isdisjoint(segments):
        raise _bad(f"{path!r:.80} is not a plain path below a folder")
    return segments


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _bad(what: str) -> Refusal:
    return Refusal(400, "InvalidPath", f"This cannot be written: {what}.")
