"""What the parts of the runner know of each other: a trial, its owner, a job on a compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from emulator.engine.trial import TrialOutcome
from emulator.storage.jobs import Job, JobId
from emulator.trials.resolved_job import ResolvedJob


class Trial(Protocol):
    """A running trial, or a command job.

    Attributes:
        index: its number in the sweep.
        job: row id of its own job; None until it is stored.
        owner: is told what happens to it.
        counted: for one that runs since before this process of the emulator: how many values of each metric its owner
            knows; None for any other.
    """

    index: int
    job: JobId | None
    owner: Owner
    counted: dict[str, int] | None

    @property
    def has_processes(self) -> bool:
        """Whether an executor runs an attempt of it."""
        ...

    def metric_logged(self, name: str, value: float, now: float) -> None:
        """It logged a value, which is stored."""
        ...

    def preempt(self) -> None:
        """Its node is taken away; it starts again on another one."""
        ...


class Owner(Protocol):
    """Receives the events of a trial: its sweep, or the command job that it is."""

    job: Job
    resolved: ResolvedJob

    def trial_waits(self, why: str, now: float) -> None:
        """No machine can run a trial as things are."""
        ...

    def trial_running(self, trial: Trial, now: float) -> None:
        """Its command runs."""
        ...

    def metric_logged(self, trial: Trial, name: str, value: float, now: float) -> None:
        """It logged a value, which is stored."""
        ...

    def trial_requeued(self, trial: Trial, now: float) -> None:
        """It lost its node, and waits for another one."""
        ...

    def trial_ended(self, trial: Trial, outcome: TrialOutcome, now: float) -> None:
        """It is over."""
        ...

    def cancel_trial(self, trial: Trial, now: float) -> None:
        """The user canceled it."""
        ...


class JobRun(Protocol):
    """A running top-level job.

    Attributes:
        job: as stored when it was started.
        compute: name of its compute; empty for serverless.
        resolved: how to run it.
        finished: whether nothing will follow.
    """

    job: Job
    compute: str
    resolved: ResolvedJob
    finished: bool

    @property
    def trials(self) -> Sequence[Trial]:
        """What it runs; itself, for a command job."""
        ...

    @property
    def wants(self) -> int:
        """How many more nodes it could use now."""
        ...

    @property
    def holds(self) -> int:
        """How many nodes it has."""
        ...

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has to be called at the latest."""
        ...

    def offer(self, nodes: int, now: float) -> None:
        """It may use so many more nodes."""
        ...

    def must_wait(self, why: str, now: float) -> None:
        """There are not enough nodes for all it wants."""
        ...

    def tick(self, now: float) -> None:
        """Time has passed."""
        ...

    def cancel(self, now: float) -> None:
        """The user canceled it."""
        ...

    def preempt(self) -> None:
        """Its nodes are taken away; what ran on them starts again on others."""
        ...

    def interrupt(self) -> None:
        """The emulator stops."""
        ...

    def child_begun(self, child: Job, now: float, *, reused: bool) -> None:
        """A job that it had run has begun, or another stands for it."""
        ...

    def child_ended(self, child: Job, now: float) -> None:
        """A job that it had run has ended.

        Parameters:
            child: as it is stored now.
        """
        ...
