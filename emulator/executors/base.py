"""The interface of an executor: what it is given, what it tells, what it can be asked.

The law for every executor:
- `start` returns at once; whatever may take long (copying code, waiting) happens elsewhere.
- A trial tells `TrialStarted` at most once, then any number of `TrialMetric` and `NodeTaken`, then `TrialFinalizing` at
  most once, and in the end `TrialEnded` exactly once, whatever happened. Nothing follows `TrialEnded`.
- `on_event` may be called from any thread; it must not block.
- `stop` may be called at any time, from any thread, any number of times; a trial that was stopped still tells
  `TrialEnded`, after the last process it started is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class TrialRefused(Exception):
    """A trial cannot start, for a reason its user can mend; the text says which."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A trial made ready: its command and what the command finds around it.

    Parameters:
        command: text for the shell, bindings already substituted.
        folder: working directory, the trial's own copy of the code.
        environment: all variables; nothing else is inherited.
        log: file that takes stdout and stderr together.
        mark: value of the variable `AMLET_TRIAL`, by which the trial's processes are found again.
    """

    command: str
    folder: Path
    environment: Mapping[str, str]
    log: Path
    mark: str


@dataclass(frozen=True, slots=True)
class TrialTask:
    """What an executor runs.

    Parameters:
        index: number of the trial in its sweep; 0 for a job of its own.
        parameters: the suggested values by name.
        prepare: makes the trial's folders and says what to launch; called in the executor's own thread, may take long,
            may raise `TrialRefused` or `OSError`. Executors that run no command never call it.
        collect: brings the trial's outputs home; called after the last process has ended.
        name: of the trial's own job.
        attempt: 1, or more when it is started again.
        metric: name of its sweep's primary metric; None for a job that is no trial of a sweep.
        log: file of its stdout and stderr, for executors that run no command; None where nobody reads it.
    """

    index: int
    parameters: Mapping[str, Any]
    prepare: Callable[[], Launch]
    collect: Callable[[], None]
    name: str = ""
    attempt: int = 1
    metric: str | None = None
    log: Path | None = None


@dataclass(frozen=True, slots=True)
class Exit:
    """How a trial's command ended.

    Parameters:
        code: exit code, None where it has none.
        signal: number of the signal that ended it, else None.
        message: why it could not run or be finished, else None.
        system: whether that is the machine's fault (no space left), not the user's.
    """

    code: int | None = None
    signal: int | None = None
    message: str | None = None
    system: bool = False

    @property
    def ok(self) -> bool:
        """Only exit code 0 is success (`CommandReturnCodeConfig` of recorded run definitions)."""
        return self.code == 0 and self.message is None


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """The command runs.

    Parameters:
        pid: of the leader of the trial's process group; None where there is no process.
        birth: when the system started that process, as `process_table` tells it.
    """

    pid: int | None = None
    birth: str | None = None


@dataclass(frozen=True, slots=True)
class TrialMetric:
    """A metric value that came from the executor itself (simulations), not over HTTP."""

    name: str
    value: float
    step: int


@dataclass(frozen=True, slots=True)
class NodeTaken:
    """The node is taken away (simulations), as happens to Spot nodes: the trial shall be stopped, and start anew."""


@dataclass(frozen=True, slots=True)
class TrialFinalizing:
    """The command has ended; outputs are being collected."""

    exit: Exit


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """All is over: no process is left, outputs are where they belong."""

    exit: Exit


TrialEvent = TrialStarted | TrialMetric | NodeTaken | TrialFinalizing | TrialEnded


class TrialHandle(Protocol):
    """A trial under way."""

    def stop(self, grace: float) -> None:
        """Ask the trial's processes to end, and end them after so many seconds; returns at once."""
        ...


class Executor(Protocol):
    """Runs trials."""

    def close(self) -> None:
        """Let go of everything; all trials have ended before."""
        ...

    def start(self, task: TrialTask, on_event: Callable[[TrialEvent], None]) -> TrialHandle:
        """Start one trial; see the law at the top of this module."""
        ...
