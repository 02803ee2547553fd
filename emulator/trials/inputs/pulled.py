"""The cache of `amlet data pull`: what was fetched, under the reference it was fetched for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from emulator.files import write_whole
from emulator.project.reference import reference_of


@dataclass(frozen=True, slots=True)
class PulledFile:
    """One file that was fetched.

    Parameters:
        uri: where it was fetched from.
        path: below the folder of its reference.
        etag: as the server said, if it did.
        sha256: of the content, in hexadecimal digits.
        size: in bytes.
    """

    uri: str
    path: str
    etag: str | None
    sha256: str
    size: int


class PulledData:
    """The cache in one folder: `<hash of the reference>/content/...` and `files.json`, which is written last.

    Parameters:
        folder: of the cache; need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, reference: str, collection: str = "data") -> Path | None:
        """The file or folder that was fetched for a reference; None when nothing was, or not all of it."""
        files = self.files(reference, collection)
        if files is None:
            return None
        content = self.content(reference, collection)
        return content / files[0].path if len(files) == 1 and not is_folder(reference) else content

    def content(self, reference: str, collection: str = "data") -> Path:
        """The folder for what is fetched for a reference."""
        return self._place(reference, collection) / "content"

    def files(self, reference: str, collection: str = "data") -> list[PulledFile] | None:
        """What was fetched for a reference, when all of it was."""
        try:
            listed = json.loads((self._place(reference, collection) / "files.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return [PulledFile(**entry) for entry in listed]

    def complete(self, reference: str, files: list[PulledFile], collection: str = "data") -> None:
        """Note that all of a reference is there."""
        place = self._place(reference, collection)
        # Last, and whole: what has no list was not fetched to its end.
        write_whole(place / "files.json", json.dumps([asdict(one) for one in files], indent=1).encode())

    def _place(self, reference: str, collection: str) -> Path:
        name = "\n".join(reference_of(reference, collection).steps)
        return self._folder / hashlib.sha256(name.encode()).hexdigest()[:24]


def is_folder(reference: str) -> bool:
    """Whether a reference says by its end that it is a folder."""
    return reference.partition("?")[0].endswith("/")
