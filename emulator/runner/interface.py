"""The interface of a job runner, as the services use it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from emulator.storage.jobs import Job, JobId


@dataclass(frozen=True, slots=True)
class Submitted:
    """A job was stored, to be started.

    Parameters:
        known: as it was stored, where that is at hand.
    """

    job: JobId
    known: Job | None = None


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """A job shall stop: a sweep with all its trials, one trial, or a command job."""

    job: JobId


@dataclass(frozen=True, slots=True)
class Preempted:
    """A job loses the nodes that it runs on, as happens to Spot nodes; what ran there starts again on others."""

    job: JobId


@dataclass(frozen=True, slots=True)
class MetricsLogged:
    """(Name, value) points were stored for a job, in their order."""

    job: JobId
    points: Sequence[tuple[str, float]]


JobEvent: TypeAlias = Submitted | CancelRequested | Preempted | MetricsLogged


class JobRunner(ABC):
    """Runs what is stored; what it is told comes from any thread and returns at once."""

    @property
    def trouble(self) -> str | None:
        """What keeps all jobs from going on; None when nothing does."""
        return None

    @abstractmethod
    def notify(self, event: JobEvent) -> None:
        """Something happened to a job."""

    @abstractmethod
    def start(self) -> None:
        """Begin to work, unfinished jobs of an earlier process included."""

    @abstractmethod
    def stop(self) -> None:
        """Stop working: running trials end, and are recorded as interrupted."""

    def submit(self, job: JobId, known: Job | None = None) -> None:
        """Start a job that was just stored; as it was stored, where that is at hand."""
        self.notify(Submitted(job, known))

    def cancel(self, job: JobId) -> None:
        """Stop a job: a sweep with all its trials, one trial, or a command job."""
        self.notify(CancelRequested(job))

    def preempt(self, job: JobId) -> None:
        """Take away the nodes that a job runs on."""
        self.notify(Preempted(job))

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        """Note (name, value) points that were stored for a job, in their order."""
        self.notify(MetricsLogged(job, points))
