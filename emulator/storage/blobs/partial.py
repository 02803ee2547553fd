"""Files that appear whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def partial_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file to write, gone at the end unless it was moved to its place.

    Parameters:
        folder: on the same file system as the place the file will go to.
    """
    path = folder / f".partial-{secrets.token_hex(8)}"
    try:
        file = path.open("xb")
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("xb")
    with file:
        try:
            yield path, file
        finally:
            with suppress(FileNotFoundError):
                path.unlink()
