"""`system_logs/`: what the emulator really did for a trial, in the files of the service's own runtime."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from emulator.plain_files import append_plain

EXECUTION = "lifecycler/execution-wrapper.log"
DATA = "data_capability/data-capability.log"


def write_system_log(artifacts: Path, log: str, at: float, lines: Iterable[str]) -> None:
    """Add lines to one of the system logs.

    Parameters:
        artifacts: folder of the run's artifacts.
        log: path of the log below `system_logs`.
        at: seconds since the epoch.
        lines: what happened.
    """
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    path = artifacts / "system_logs" / log
    path.parent.mkdir(parents=True, exist_ok=True)
    with append_plain(path) as file:
        file.writelines(f"{stamp} {line}\n".encode("utf-8", "backslashreplace") for line in lines)
