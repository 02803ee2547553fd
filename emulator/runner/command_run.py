"""A running command job: a trial that belongs to no sweep."""

from __future__ import annotations

from emulator.engine.actions import StopCause
from emulator.engine.trial import TrialOutcome
from emulator.runner.job_run import Trial
from emulator.runner.run_context import RunContext
from emulator.runner.trial_run import TrialRun
from emulator.storage.jobs import Job
from emulator.trials.resolved_job import ResolvedJob


class CommandRun:
    """One command job: a `JobRun` to its compute, the owner of its only trial, which is the job itself.

    Parameters:
        context: its dependencies.
        job: as stored.
        timeout: seconds from when it runs; None without one.
        resolved: how to run it.
        compute: name of its compute.
        attempt: 1, or more when it is started again.
        lost: how many of its attempts were lost.
    """

    def __init__(
        self,
        context: RunContext,
        job: Job,
        timeout: float | None,
        resolved: ResolvedJob,
        compute: str,
        attempt: int = 1,
        lost: int = 0,
    ) -> None:
        self.job, self.resolved, self.compute = job, resolved, compute
        self.trial = TrialRun(context, self, job.name, status=job.status, attempt=attempt, lost=lost)
        self.trials = [self.trial]
        self.finished = False
        self.next_deadline: float | None = None
        self._context = context
        self._timeout = timeout

    @property
    def wants(self) -> int:
        """Whether it waits for its node."""
        return 0 if self.finished or self.trial.holds_node or self.trial.stopping else 1

    @property
    def holds(self) -> int:
        """Whether it has its node."""
        return int(self.trial.holds_node)

    def start(self) -> None:
        """It begins."""
        self._context.attempts.release(self.resolved, begins=True)  # what an earlier job of the same name may have left
        self._context.scheduler.note_stored(self.trial, self.job.id)
        self.trial.queue(self._context.settings.durations)

    def offer(self, nodes: int, now: float) -> None:
        """There are so many nodes for it."""
        if nodes and self.wants:
            self.trial.start()
            self._context.scheduler.note_changed(self)

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self.next_deadline is not None and now >= self.next_deadline:
            self._wait_until(None)
            self.trial.stop(StopCause.TRIAL_TIMEOUT)

    def cancel(self, now: float) -> None:
        """The user canceled it."""
        self.trial.stop("canceled by its user")
        self._context.scheduler.note_changed(self)

    def cancel_trial(self, trial: Trial, now: float) -> None:
        """The user canceled it."""
        self.cancel(now)

    def preempt(self) -> None:
        """Its node is taken away."""
        self.trial.preempt()

    def interrupt(self) -> None:
        """The emulator stops."""
        self.trial.interrupt()

    def child_begun(self, child: Job, now: float, *, reused: bool) -> None:
        """It has others run no jobs."""

    def child_ended(self, child: Job, now: float) -> None:
        """It has others run no jobs."""

    def must_wait(self, why: str, now: float) -> None:
        """Its status says enough."""

    def trial_waits(self, why: str, now: float) -> None:
        """Its property says so."""

    def trial_running(self, trial: Trial, now: float) -> None:
        """Its command runs."""
        self._wait_until(None if self._timeout is None else now + self._timeout)

    def metric_logged(self, trial: Trial, name: str, value: float, now: float) -> None:
        """No decision depends on it."""

    def trial_requeued(self, trial: Trial, now: float) -> None:
        """It lost its node; its time begins anew when it has another."""
        self._wait_until(None)

    def trial_ended(self, trial: Trial, outcome: TrialOutcome, now: float) -> None:
        """It is over."""
        self.finished = True
        self._wait_until(None)
        self._context.unit_of_work.afterwards(lambda: self._context.attempts.release(self.resolved))

    def _wait_until(self, moment: float | None) -> None:
        self.next_deadline = moment
        self._context.scheduler.note_changed(self)
