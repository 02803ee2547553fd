"""The state directory before anything is served from it: its owner's alone, and whole."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)


class UnusableStateDir(RuntimeError):
    """A state directory that cannot be used; the text says why, and what helps.

    Parameters:
        state_dir: the folder.
        why: what is wrong with it, as the end of a sentence.
    """

    def __init__(self, state_dir: Path, why: str) -> None:
        super().__init__(
            f"{state_dir} cannot be used: {why}. Repair it (permissions, free space, a copy or a snapshot of it), "
            f"empty it with `amlet emulator reset --state-dir {state_dir}`, or choose another folder with --state-dir."
        )


def make_private(state_dir: Path) -> None:
    """Make the folder, or take from other users what they may do in one that is there.

    Parameters:
        state_dir: an absolute path.

    Raises:
        UnusableStateDir: it is another user's.
        OSError: it cannot be made or changed.
    """
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = state_dir.stat()
    if hasattr(os, "geteuid"):
        if found.st_uid != os.geteuid():
            raise UnusableStateDir(state_dir, "it belongs to another user, who could read and change all that is in it")
        if mode := stat.S_IMODE(found.st_mode) & 0o077:
            state_dir.chmod(stat.S_IMODE(found.st_mode) & 0o700)
            _log.warning("%s was open to other users (mode %03o); it is its owner's alone now", state_dir, mode)


def check_whole(state_dir: Path) -> None:
    """Make sure that no new state is begun where that of jobs was lost.

    Raises:
        UnusableStateDir: there are artifacts of jobs, and no database or an empty one.
    """
    database = state_dir / "amlet.db"
    size = database.stat().st_size if database.is_file() else None
    if not size and (state_dir / "artifacts").is_dir():
        what = "missing" if size is None else "empty"
        raise UnusableStateDir(state_dir, f"its database {database.name} is {what}, while there are artifacts of jobs")


@contextmanager
def usable(state_dir: Path) -> Iterator[None]:
    """Tell what the system or SQLite say of a folder as its own fault.

    Parameters:
        state_dir: the folder that is worked with meanwhile.

    Raises:
        UnusableStateDir: it is read-only, full, or damaged.
    """
    try:
        yield
    except OSError as error:
        raise UnusableStateDir(state_dir, f"{error.strerror or error}") from None
    except sqlite3.DatabaseError as error:
        raise UnusableStateDir(state_dir, f"its database: {error}") from None
