"""Folders of emulators in this process: named at once, created when something is first written into one.

To make and remove a folder can take longer than all else that a test's emulator costs.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

_numbers = itertools.count(1)


def new_folder() -> Path:
    """The path of a folder that is not there yet; only this user can look into the one above it."""
    return Path(_above(os.getpid()).name) / str(next(_numbers))


def remove(folder: Path) -> None:
    """Remove one of these folders, if it was made."""
    if folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def remove_all() -> None:
    """Remove what is left of this process's folders, as happens at its end anyway."""
    if _above.cache_info().currsize:
        _above(os.getpid()).cleanup()
        _above.cache_clear()


@cache
def _above(process: int) -> tempfile.TemporaryDirectory[str]:
    """One for each process: a forked one must not remove its parent's."""
    return tempfile.TemporaryDirectory(prefix="amlet-", ignore_cleanup_errors=True)
