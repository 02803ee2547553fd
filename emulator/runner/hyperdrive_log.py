"""The sweep's own log, `azureml-logs/hyperdrive.txt`, in the form that the studio showed in 2024."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from emulator.engine.actions import Component, WriteLog
from emulator.place import Place
from emulator.plain_files import append_plain
from emulator.storage.jobs import Job

#: These components wrote six digits and no zone; the others seven, a `Z`, and a blank at the end (recorded).
_PYTHON = frozenset({Component.API, Component.GENERATOR})


class SweepLogs:
    """The logs of all sweeps of an emulator.

    Parameters:
        place: where artifacts are.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def path(self, sweep: Job) -> Path:
        """The log's file among the artifacts of a sweep."""
        return self._place.run_artifacts(sweep.workspace, sweep.name) / "azureml-logs" / "hyperdrive.txt"

    def append(self, sweep: Job, lines: list[str]) -> None:
        """Add lines to the log of a sweep, which is made when it is not there.

        Raises:
            OSError: they cannot be written.
        """
        path = self.path(sweep)
        try:
            file = append_plain(path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = append_plain(path)
        with file:
            size = file.seek(0, os.SEEK_END)
            try:
                file.write("".join(lines).encode("utf-8", "backslashreplace"))
                file.flush()
            except OSError:
                os.truncate(path, size)  # half a line would be completed by another one
                raise


def log_line(at: float, record: WriteLog) -> str:
    """One record as a line.

    Parameters:
        at: seconds since the epoch.
        record: who says what.

    >>> log_line(0.5, WriteLog(Component.GENERATOR, "All jobs generated."))
    '[1970-01-01T00:00:00.500000][GENERATOR][INFO]All jobs generated.\\n'
    """
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    zone, end = ("", "") if record.component in _PYTHON else ("0Z", " ")
    return f"[{stamp}{zone}][{record.component}][{record.level}]{record.text}{end}\n"
