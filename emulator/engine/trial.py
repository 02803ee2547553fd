"""A trial of a sweep: how it ended, what was recorded of it, and what the engine remembers of it."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from contracts.lifecycle import JobStatus
from emulator.engine.actions import StopCause
from emulator.engine.values import Point


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """How a trial ended.

    Parameters:
        status: Completed, Failed or Canceled.
        exit_code: of its command, where it exited by itself.
        signal: number of the signal that ended it, if one did.
        message: what went wrong, in a sentence.
        system: whether the emulator or the machine is to blame (no space left, no interpreter), not the user's code.
    """

    status: JobStatus
    exit_code: int | None = None
    signal: int | None = None
    message: str = ""
    system: bool = False

    @classmethod
    def completed(cls) -> TrialOutcome:
        """It exited with code 0; only that is success (recorded run definitions: `"ReturnCode": "Zero"`)."""
        return cls(JobStatus.COMPLETED, exit_code=0)

    @classmethod
    def canceled(cls, message: str = "") -> TrialOutcome:
        """It was stopped: by a policy, a timeout or the user."""
        return cls(JobStatus.CANCELED, message=message)

    @classmethod
    def failed(cls, message: str, *, system: bool = False) -> TrialOutcome:
        """It never ran, or could not be kept running."""
        return cls(JobStatus.FAILED, message=message, system=system)

    @classmethod
    def exited(cls, code: int) -> TrialOutcome:
        """The end of a process, from its return code as `subprocess` has it: negative for a signal."""
        if code == 0:
            return cls.completed()
        if code < 0:
            message = f"The command was ended by signal {-code} ({_signal_name(-code)})."
            return cls(JobStatus.FAILED, signal=-code, message=message)
        shell = f" (the shell's way to report signal {code - 128}, {_signal_name(code - 128)})" if code > 128 else ""
        return cls(JobStatus.FAILED, exit_code=code, message=f"The command exited with code {code}{shell}.")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


@dataclass(slots=True)
class Trial:
    """What a running sweep remembers of a trial."""

    index: int
    parameters: Point
    best: float | None = None
    metric_names: set[str] = field(default_factory=set)
    placed: bool = False
    running_since: float | None = None
    stop_cause: StopCause | None = None
    outcome: TrialOutcome | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it but late metrics."""
        return self.outcome is not None

    @property
    def completed(self) -> bool:
        """Whether it ended well."""
        return self.outcome is not None and self.outcome.status is JobStatus.COMPLETED

    @property
    def stoppable(self) -> bool:
        """Whether it neither has ended nor is being stopped."""
        return self.outcome is None and self.stop_cause is None


@dataclass(frozen=True, slots=True)
class RecordedTrial:
    """What the store knows of a trial, to rebuild a sweep from after a restart.

    Parameters:
        index: its number in the sweep.
        parameters: its point of the search space.
        outcome: how it ended; None when it has not.
        running_since: when it began to run, seconds since the epoch; None when it waits for a node. A trial whose
            process is gone waits again, to be started once more.
        values: of the primary metric, in the order in which they were logged, also before it was preempted.
        metric_names: every metric it logged.
        stop_cause: why it is being, or was, stopped.
    """

    index: int
    parameters: Point
    outcome: TrialOutcome | None = None
    running_since: float | None = None
    values: Sequence[float] = ()
    metric_names: Iterable[str] = ()
    stop_cause: StopCause | None = None

    def restored(self) -> Trial:
        """The trial as a running sweep remembers it, its metrics excepted."""
        return Trial(
            self.index,
            self.parameters,
            placed=self.running_since is not None,
            running_since=self.running_since,
            stop_cause=self.stop_cause,
            outcome=self.outcome,
        )
