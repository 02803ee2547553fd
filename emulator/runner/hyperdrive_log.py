"""The sweep's own log, `azureml-logs/hyperdrive.txt`, in the form that the studio showed in 2024."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from emulator.engine.actions import Component, WriteLog

#: These components wrote six digits and no zone; the others seven, a `Z`, and a blank at the end (recorded).
_PYTHON = frozenset({Component.API, Component.GENERATOR})


def log_path(artifacts: Path) -> Path:
    """The log's file among the artifacts of a sweep."""
    return artifacts / "azureml-logs" / "hyperdrive.txt"


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


def append_lines(path: Path, lines: list[str]) -> None:
    """Add lines to a log, which is made when it is not there."""
    try:
        file = path.open("a", encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8")
    with file:
        file.writelines(lines)
