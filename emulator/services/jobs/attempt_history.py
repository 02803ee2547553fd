"""The attempts at a trial or command job: where and when each ran, and what became of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.lifecycle import ENDED, JobStatus
from contracts.resource_id import WorkspaceId
from emulator.clock import iso
from emulator.services.context import Emulator
from emulator.services.refusal import job_not_found
from emulator.storage import attempts, events, jobs, labels
from emulator.storage.attempts import AttemptState
from emulator.storage.events import Event
from emulator.storage.jobs import Job
from emulator.storage.labels import WAITS_FOR

_RUNS = (JobStatus.RUNNING, JobStatus.NOT_RESPONDING)


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """One attempt, as people are told of it.

    Parameters:
        number: 1 is the first.
        status: that of the job while it was its attempt; `Lost` or `Preempted` of one that another one followed.
        worker: who ran it; empty where that is not known.
        host: the machine that it ran on; empty likewise.
        started, ended: seconds since the epoch; None where it has not.
        why: why another one followed, or why it was stopped; empty where nothing is to be told.
    """

    number: int
    status: str
    worker: str
    host: str
    started: float | None
    ended: float | None
    why: str

    @property
    def place(self) -> str:
        """Where it ran, for people; empty where that is not known."""
        return f"{self.host} ({self.worker})" if self.host and self.worker else self.host or self.worker

    def __str__(self) -> str:
        on = f" on {self.place}" if self.place else ""
        return f"Attempt {self.number}{on}: {self.status}{f', {self.why}' if self.why else ''}"


def attempts_of(conn: sqlite3.Connection, job: Job) -> list[ShownAttempt]:
    """The attempts at a job, in their order; none of a job that never ran, or runs nothing itself.

    Parameters:
        conn: for reading.
        job: as stored.
    """
    if job.has_children:
        return []
    kept = {row.number: row for row in attempts.history(conn, job.id)}
    by_number: dict[int, list[Event]] = {}
    for event in events.history(conn, job.id):
        by_number.setdefault(event.attempt, []).append(event)
    found = []
    for number, happened in by_number.items():
        row, following = kept.get(number), by_number.get(number + 1)
        started = next((event.at for event in happened if event.status in _RUNS), None)
        if row is None and started is None:
            continue
        last = happened[-1]
        status, why, ended = last.status.value, last.cause, last.at if last.status in ENDED else None
        if following:
            status = "Lost" if row and row.state is AttemptState.LOST else "Preempted"
            why, ended = following[0].cause.removeprefix(f"attempt {number} was lost: "), following[0].at
        elif last.status not in ENDED:
            why = ""
        found.append(
            ShownAttempt(number, status, row.worker if row else "", row.host if row else "", started, ended, why)
        )
    return found


def attempts_document(emulator: Emulator, workspace: WorkspaceId, name: str) -> Mapping[str, Any]:
    """The attempts at a job: `lines` for people, and the record they come from.

    Parameters:
        emulator: holds the record.
        workspace: of the job.
        name: of the job.

    Raises:
        Refusal: there is no such job.
    """
    conn = emulator.store.reader()
    job = jobs.find(conn, workspace, name)
    if job is None:
        raise job_not_found(name)
    found, why = attempts_of(conn, job), waits_for(conn, job)
    return {
        "name": name,
        "lines": [*map(str, found), *([f"Waits: {why}"] if why else [])],
        "attempts": [_document(one) for one in found],
        "waitsFor": why,
    }


def waits_for(conn: sqlite3.Connection, job: Job) -> str | None:
    """Why none of the machines there are can run a job, or the trials of a sweep, for people; None where one can."""
    return labels.of(conn, job.id, "property").get(WAITS_FOR)


def repeated(conn: sqlite3.Connection, trials: Iterable[Job]) -> list[str]:
    """Of the trials that were started more than once, a line for each attempt.

    Parameters:
        conn: for reading.
        trials: of a sweep.
    """
    lines = []
    for trial in trials:
        found = attempts_of(conn, trial) if events.attempt(conn, trial.id) > 1 else []
        lines += [f"{trial.name}: {one}." for one in found if len(found) > 1]
    return lines


def _document(one: ShownAttempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "status": one.status,
        "worker": one.worker or None,
        "host": one.host or None,
        "started": None if one.started is None else iso(one.started),
        "ended": None if one.ended is None else iso(one.ended),
        "why": one.why or None,
    }
