"""What the report of a failed test says of its emulators: the last requests, and the ends of the logs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from amlet.testing.handle import EmulatorHandle
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.storage import jobs
from emulator.storage.jobs import Job
from emulator.trials.launcher import last_lines

_REQUESTS = 20
_LOGS = 5
_LINES = 10


def sections_of(emulator: EmulatorHandle) -> list[tuple[str, str]]:
    """Titles and texts; none where there is nothing to report."""
    told = [
        ("amlet: the last requests", "\n".join(map(str, emulator.journal.tail(_REQUESTS)))),
        ("amlet: logs of jobs", "\n".join(_logs(emulator))),
    ]
    return [(title, text) for title, text in told if text]


def _logs(emulator: EmulatorHandle) -> Iterator[str]:
    """The ends of a few logs, those of failed jobs first, then the latest ones."""
    place, told = emulator.emulator.place, 0
    for job in sorted(_jobs(emulator), key=lambda job: (job.status is not JobStatus.FAILED, -job.id)):
        lines = last_lines(place.run_artifacts(job.workspace, job.name) / "user_logs" / "std_log.txt", _LINES)
        error = [f"error: {job.error.get('message')}"] if job.error else []
        if lines or error:
            yield "\n".join([f"{job.name} ({job.status})", *(f"    {line}" for line in [*error, *lines])])
            told += 1
        if told == _LOGS:
            return


def _jobs(emulator: EmulatorHandle) -> Iterator[Job]:
    """The jobs of the workspaces that were asked for something, trials included."""
    conn = emulator.emulator.store.reader()
    for workspace in dict.fromkeys(_workspaces(emulator)):
        for job in jobs.recent(conn, workspace):
            yield job
            yield from jobs.children(conn, job.id)


def _workspaces(emulator: EmulatorHandle) -> Iterator[WorkspaceId]:
    for exchange in emulator.journal.entries:
        _, start, rest = exchange.path.partition("/subscriptions/")
        with contextlib.suppress(ValueError):
            yield WorkspaceId.parse(start + rest)
