"""The states of a job and the moves between them, as one table.

The words are those of the REST enum `JobStatus`. Its description mentions "strict transition orders" and never lists
them, so the table is emulator-defined (inferred): forward moves may skip states, any state that has not ended may fail
or be canceled, a preempted trial goes back to Queued, NotResponding may return to where it was, and nothing leaves an
ended job.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class JobStatus(StrEnum):
    """Status of a job as it is on the wire (`properties.status`)."""

    NOT_STARTED = "NotStarted"
    STARTING = "Starting"
    PROVISIONING = "Provisioning"
    PREPARING = "Preparing"
    QUEUED = "Queued"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    NOT_RESPONDING = "NotResponding"
    PAUSED = "Paused"
    SCHEDULED = "Scheduled"
    UNKNOWN = "Unknown"


_S = JobStatus

#: Nothing leaves these.
ENDED = frozenset({_S.COMPLETED, _S.FAILED, _S.CANCELED})

#: Where the official clients stop polling (they count a job that does not respond, or is paused, as over).
TERMINAL = ENDED | {_S.NOT_RESPONDING, _S.PAUSED}

_FORWARD = (
    _S.NOT_STARTED,
    _S.STARTING,
    _S.PROVISIONING,
    _S.PREPARING,
    _S.QUEUED,
    _S.RUNNING,
    _S.FINALIZING,
)


def _transitions() -> dict[JobStatus, frozenset[JobStatus]]:
    table: dict[JobStatus, set[JobStatus]] = {status: set() for status in _S}
    for place, status in enumerate(_FORWARD):
        table[status] |= {*_FORWARD[place + 1 :], _S.FAILED}
        if status is not _S.FINALIZING:
            table[status] |= {_S.CANCEL_REQUESTED, _S.CANCELED}
    table[_S.RUNNING] |= {_S.QUEUED, _S.NOT_RESPONDING}
    table[_S.FINALIZING] |= {_S.COMPLETED, _S.CANCELED}
    table[_S.CANCEL_REQUESTED] = {_S.CANCELED, _S.COMPLETED, _S.FAILED, _S.FINALIZING}
    table[_S.NOT_RESPONDING] = {*_FORWARD, _S.CANCEL_REQUESTED, *ENDED}
    table[_S.SCHEDULED] = {_S.NOT_STARTED, _S.STARTING, _S.CANCEL_REQUESTED, _S.CANCELED}
    return {status: frozenset(following) for status, following in table.items()}


#: Every legal move; the states the emulator never enters (Paused, Unknown) lead nowhere.
TRANSITIONS: Mapping[JobStatus, frozenset[JobStatus]] = MappingProxyType(_transitions())


class IllegalTransition(ValueError):
    """A move that the table does not know.

    Parameters:
        job: name of the job.
        before: the status it has.
        after: the status that was asked for.
    """

    def __init__(self, job: str, before: JobStatus, after: JobStatus) -> None:
        allowed = ", ".join(sorted(TRANSITIONS[before])) or "nothing: it is final"
        super().__init__(f"Job {job} cannot go from {before} to {after}; from {before} it can go to {allowed}.")
        self.job, self.before, self.after = job, before, after


def can_move(before: JobStatus, after: JobStatus) -> bool:
    """Whether a job may go from one status straight to another."""
    return after in TRANSITIONS[before]
