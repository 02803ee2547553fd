"""What a compute needs to know of a job that runs on it; sweeps and command jobs are such."""

from __future__ import annotations

from typing import Protocol

from emulator.runner.trial_run import TrialRun
from emulator.storage.jobs import Job
from emulator.trials.resolved_job import ResolvedJob


class JobRun(Protocol):
    """A job under way that is nobody's trial.

    Attributes:
        job: as stored when it was taken up.
        trials: what it runs; itself, for a command job.
        compute: name of its compute; empty for serverless.
        recipe: how to run it.
        finished: whether nothing will follow.
    """

    job: Job
    trials: list[TrialRun]
    compute: str
    resolved: ResolvedJob
    finished: bool

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
        """Somebody canceled it."""
        ...

    def preempt(self) -> None:
        """Its nodes are taken away; what ran on them starts again on others."""
        ...

    def interrupt(self) -> None:
        """The emulator stops."""
        ...
