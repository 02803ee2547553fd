"""Files that appear whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def partial_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file to write, gone at the end unless it was moved to its place.

    Parameters:
        folder: on the same file system as the place the file will go to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".partial-{secrets.token_hex(8)}"
    with path.open("xb") as file:
        try:
            yield path, file
        finally:
            path.unlink(missing_ok=True)
