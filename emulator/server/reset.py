"""The end of a state: what an emulator made in its state directory is removed, all of it or none of it.

A note comes first and goes last. A removal that was interrupted is finished by the next start, so that no emulator sees
the rest of a state.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from pathlib import Path

from emulator.executors.process_mark import StateMarks
from emulator.executors.process_tree import kill_marked
from emulator.executors.state_identity import known_id
from emulator.server.state_lock import StateLock

_NOTE = "resetting"
_DATABASE = "amlet.db"
_FILES = (_DATABASE, "amlet.db-wal", "amlet.db-shm", "emulator.log", "ca-bundle.pem")
_FOLDERS = ("artifacts", "attempts", "replacing", "runs", "trust")

_log = logging.getLogger(__name__)


def holds_state(state_dir: Path) -> bool:
    """Whether an emulator has worked in a folder, or left some of what it made there."""
    return any((state_dir / name).exists() for name in (_DATABASE, "artifacts", _NOTE))


def reset(state_dir: Path) -> None:
    """Remove what an emulator made in its state directory, and nothing else that may lie there; snapshots stay.

    Trials that still run, since their emulator was killed, are ended first.

    Parameters:
        state_dir: of an emulator that does not run.

    Raises:
        StateDirInUse: it does run.
        OSError: something cannot be removed; `finish_reset` goes on with it.
    """
    lock = StateLock(state_dir)
    lock.acquire("reset")
    try:
        _end_trials(state_dir / _DATABASE)
        (state_dir / _NOTE).mkdir(exist_ok=True)
        _remove(state_dir)
    finally:
        lock.release()


def finish_reset(state_dir: Path) -> None:
    """Remove what an interrupted `reset` left; harmless where there was none. The caller has the lock.

    Raises:
        OSError: something cannot be removed.
    """
    if (state_dir / _NOTE).is_dir():
        _log.warning("an interrupted reset of %s is finished", state_dir)
        _remove(state_dir)


def _remove(state_dir: Path) -> None:
    for name in _FILES:
        (state_dir / name).unlink(missing_ok=True)
    for name in _FOLDERS:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(state_dir / name)
    (state_dir / _NOTE).rmdir()


def _end_trials(database: Path) -> None:
    """End what still runs of the trials of a state; a database that cannot be read does not say which they are."""
    try:
        state = known_id(database)
    except sqlite3.Error as error:
        _log.warning("%s cannot be read (%s): trials that may still run are not ended", database, error)
        return
    if state is not None:
        kill_marked(StateMarks([state]))
