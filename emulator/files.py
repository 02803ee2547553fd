"""Files of emulators on this machine: the home folder, and files that appear whole or not at all.

Needs nothing but the standard library, so that a client can look for an emulator without loading one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from contracts.home_folder import home as home

#: Begins the names of files that are being written; what a killed process left of them is removed at the next start.
PARTIAL_PREFIX = ".partial-"


def default_state_dir(home_dir: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The state directory of an emulator for which no other was named: AMLET_STATE_DIR, else one in the home folder."""
    named = environ.get("AMLET_STATE_DIR")
    return Path(named).expanduser().absolute() if named else home_dir / "state"


@contextmanager
def partial_file(folder: Path, *, mode: int = 0o666) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file to write, removed at the end unless it was moved to its place.

    Parameters:
        folder: on the same file system as the place the file will go to; made when it is not there.
        mode: permissions of the new file, less the umask.
    """
    path = folder / f"{PARTIAL_PREFIX}{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags, mode)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, flags, mode)
    with os.fdopen(descriptor, "wb") as file:
        try:
            yield path, file
        finally:
            with suppress(FileNotFoundError):
                path.unlink()


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file that a reader finds whole or not at all, in the place of one that may be there.

    Parameters:
        mode: permissions of the new file, less the umask.
    """
    with partial_file(path.parent, mode=mode) as (partial, file):
        file.write(content)
        file.close()
        partial.replace(path)
