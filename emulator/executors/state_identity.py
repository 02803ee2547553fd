"""By which id the processes of a state directory's trials are known; it belongs to the directory, not its content."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from emulator.storage import Database, meta

_ID, _HOME = "state_id", "state_home"


@dataclass(frozen=True, slots=True)
class StateIdentity:
    """How the processes of a state directory's trials are told from all others.

    Parameters:
        id: begins the mark of each of them.
        gone: id of a directory that this one replaced, whose processes no emulator owns any more; None without one.
    """

    id: str
    gone: str | None = None


def identify(store: Database, folder: Path) -> StateIdentity:
    """The identity of a state directory; a copy of another directory gets one of its own.

    Parameters:
        store: keeps the id, and the directory that it belongs to.
        folder: the state directory.
    """
    here = _home(folder)

    def work(conn: sqlite3.Connection) -> StateIdentity:
        known = meta.get(conn, _ID)
        home = (meta.get(conn, _HOME) or here.encode()).decode()
        # By device and inode: a directory that was moved is the same one, a copy is not.
        is_same = known is not None and home.partition("\n")[0] == here.partition("\n")[0]
        own = known if is_same and known else uuid.uuid4().hex.encode()
        meta.put(conn, _ID, own)
        meta.put(conn, _HOME, here.encode())
        replaced = known is not None and not is_same and not _stands(home)
        return StateIdentity(own.decode(), known.decode() if replaced and known else None)

    return store.write(work).result()


def known_id(database: Path) -> str | None:
    """The id that the state in a database has now; None where there is none.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    if not database.is_file():
        return None
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
            return None
        found = meta.get(connection, _ID)
    return found.decode() if found else None


def _home(folder: Path) -> str:
    """Device and inode of a directory, and where it is."""
    try:
        found = folder.stat()
    except OSError:
        return f"none\n{folder}"
    return f"{found.st_dev}:{found.st_ino}\n{folder.resolve()}"


def _stands(home: str) -> bool:
    """Whether a directory that was recorded is still where it was."""
    return _home(Path(home.partition("\n")[2])) == home
