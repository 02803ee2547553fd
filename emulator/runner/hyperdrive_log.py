"""The own logs of sweeps and pipelines; that of a sweep in the form that the studio showed in 2024."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from emulator.engine.actions import Component, WriteLog
from emulator.job_types import parts_of
from emulator.log_limit import cut
from emulator.place import Place
from emulator.plain_files import append_plain
from emulator.storage.jobs import Job

#: These components wrote six digits and no zone; the others seven, a `Z`, and a blank at the end (recorded).
_PYTHON = frozenset({Component.API, Component.GENERATOR})

#: Beside the log of a pipeline, and always empty (recorded).
_EMPTY = ("stderrlogs.txt", "stdoutlogs.txt")


class SweepLogs:
    """The own logs of all sweeps and pipelines of an emulator.

    Parameters:
        place: where artifacts are.
        limit: bytes that a log may have; None for no limit.
    """

    def __init__(self, place: Place, limit: int | None = None) -> None:
        self._place, self._limit = place, limit

    def path(self, job: Job) -> Path:
        """The log's file among the artifacts of a sweep or pipeline."""
        return self._place.run_artifacts(job.workspace, job.name) / parts_of(job.type).log

    def append(self, job: Job, lines: list[str]) -> None:
        """Add lines to the log of a sweep or pipeline, which is made when it is not there.

        Raises:
            OSError: they cannot be written.
        """
        path = self.path(job)
        try:
            file = append_plain(path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            for beside in _EMPTY if job.has_steps else ():
                append_plain(path.with_name(beside)).close()
            file = append_plain(path)
        with file:
            size = file.seek(0, os.SEEK_END)
            try:
                file.write("".join(lines).encode("utf-8", "backslashreplace"))
                file.flush()
            except OSError:
                os.truncate(path, size)  # half a line would be completed by another one
                raise
        if self._limit is not None and size > self._limit:
            cut(path, self._limit)


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
