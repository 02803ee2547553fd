"""The logs of a run: which there are, and their text from any place on."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from emulator.plain_files import open_plain, plain_files

#: Folders of a run's artifacts that the service shows as logs, the one that people want first.
FOLDERS = ("user_logs", "azureml-logs", "system_logs", "logs")

_MOST = 256 * 1024
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a log.

    Parameters:
        begin, end: bytes from the start of the file.
        size: of the whole file.
        text: what is there; what is not UTF-8 is replaced.
    """

    begin: int
    end: int
    size: int
    text: str


def files(artifacts: Path) -> Iterator[tuple[str, Path]]:
    """Artifact path and file of each log of a run; none outside its folder."""
    for name in FOLDERS:
        if not (artifacts / name).is_symlink():
            for path, file in islice(plain_files(artifacts / name), _MOST_FILES):
                yield f"{name}/{path}", file


def sizes(artifacts: Path) -> dict[str, int]:
    """Bytes of each log."""
    found = {}
    for name, file in files(artifacts):
        with suppress(OSError):  # gone meanwhile
            found[name] = file.lstat().st_size
    return found


def stretch(file: Path, begin: int | None = None) -> Stretch:
    """A log from a place on, or its end.

    Parameters:
        begin: bytes from the start; the last quarter of a megabyte by default. From a place behind the end (the file
            was written anew) it begins at the start.
    """
    with open_plain(file) as stream:
        size = stream.seek(0, 2)
        if begin is None:
            begin = max(0, size - _MOST)
        elif begin > size:
            begin = 0
        stream.seek(begin)
        content = stream.read(min(size - begin, _MOST))
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(content)
    half = len(decoder.getstate()[0])  # of a character whose other half is not written yet
    return Stretch(begin, begin + len(content) - half, size, text)
