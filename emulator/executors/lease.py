"""One attempt in the hands of workers, and who is told what becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from emulator.executors.base import Exit
from emulator.executors.offers import Offer
from emulator.storage.attempts import AttemptState
from emulator.storage.jobs import JobId


class LeaseRefused(Exception):
    """An attempt's token opens nothing: it does not count any more, or another worker has its lease.

    Parameters:
        code: `AttemptSuperseded`, `AttemptLeased`, or `AttemptNotLeased`.
        message: why, for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class LeaseListener(Protocol):
    """Is told of one attempt, by any thread; must not block."""

    def leased(self, worker: str, host: str) -> None:
        """A worker runs it."""
        ...

    def ended(self, ending: Exit) -> None:
        """Its worker has reported its end, after its outputs."""
        ...

    def lost(self, why: str) -> None:
        """Its worker fell silent, or has given it up."""
        ...


@dataclass(slots=True)
class Lease:
    """One attempt in the hands of workers; changed only by `emulator.executors.leases.Leases`.

    Parameters:
        attempt: its id.
        job, number: its parts.
        offer: what its worker gets.
        state: see `AttemptState`.
        worker, host, pid: who has leased it; the pid is None where an earlier process of the emulator gave the lease.
        deadline: when the lease expires, in seconds since the epoch.
        stored: the deadline that the store knows.
        stops: whether the next heartbeat asks the worker to stop it.
        grace: seconds between SIGTERM and SIGKILL then; None for those of the offer.
        listener: is told what becomes of it.
        lock: is held while something of it is written or its state changes.
    """

    attempt: str
    job: JobId
    number: int
    offer: Offer
    state: AttemptState
    worker: str = ""
    host: str = ""
    pid: int | None = None
    deadline: float | None = None
    stored: float = 0.0
    stops: bool = False
    grace: float | None = None
    listener: LeaseListener | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def is_held_by(self, worker: str, host: str, pid: int) -> bool:
        """Whether it was leased by this process of this worker."""
        return (self.worker, self.host) == (worker, host) and self.pid in {None, pid}

    @property
    def artifacts(self) -> Path:
        """The folder of the run's artifacts."""
        return self.offer.log.parents[1]


def exit_of(report: Mapping[str, Any]) -> Exit:
    """How an attempt ended, as its worker reported it."""
    if report.get("reason") == "refused":
        return Exit(message=str(report.get("message") or "The worker refused the attempt."))
    if report.get("reason") == "failed":
        return Exit(message=str(report.get("message") or "The worker's machine failed the attempt."), system=True)
    code, signal = report.get("exit_code"), report.get("signal")
    if code is None and signal is None:
        return Exit(message=str(report.get("message") or "The worker does not say how the command ended."), system=True)
    return Exit(code=code, signal=None if code is not None else signal)
