"""Another state in the place of the present one: all of it or none of it, wherever the process is killed.

The rows are replaced in one transaction, which also notes that the artifacts beside them are to follow. From its commit
on the new state counts: the moves of folders that are left are made again, at the next start, until they are done.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from emulator.place import Place
from emulator.storage import Database, meta

_NOTE = "artifacts_follow"


class StateSwap:
    """Replaces the state of an emulator of which no job runs.

    Parameters:
        store: its rows.
        place: its folders.
    """

    def __init__(self, store: Database, place: Place) -> None:
        self._store = store
        self._place = place
        self._folder = place.state_dir / "replacing"
        self._new, self._old = self._folder / "artifacts", self._folder / "old"

    def replace(self, change: Callable[[sqlite3.Connection], None], artifacts: Path | None) -> None:
        """Have another state.

        Parameters:
            change: replaces the rows; what it raises leaves the state as it is.
            artifacts: the folder that comes into the place of the artifacts, on the same file system; None for none.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, mode=0o700)
        if artifacts is not None and artifacts.is_dir():
            artifacts.rename(self._new)
        else:
            # Also without artifacts: `finish` takes a missing folder for moves that were made already.
            self._new.mkdir()

        def write(conn: sqlite3.Connection) -> None:
            change(conn)
            meta.put(conn, _NOTE, b"1")

        try:
            self._store.write(write).result()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.finish()

    def finish(self) -> None:
        """Make the moves of an interrupted replacement; harmless where there was none."""
        if meta.get(self._store.reader(), _NOTE) is not None:
            # Gone where the process was killed after the moves and before the note was removed.
            if self._new.is_dir():
                self._old.mkdir(parents=True, exist_ok=True)
                for number, folder in enumerate((self._place.artifacts, self._place.state_dir / "runs")):
                    if folder.exists():
                        # Aside first: a rename is done in a moment, the removal of many files may be interrupted.
                        folder.rename(_free(self._old, str(number)))
                self._new.rename(self._place.artifacts)
            self._store.write(lambda conn: conn.execute("DELETE FROM meta WHERE key = ?", (_NOTE,))).result()
        if self._folder.exists():
            shutil.rmtree(self._folder, ignore_errors=True)


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that nothing has."""
    while (folder / name).exists():
        name += "-"
    return folder / name
