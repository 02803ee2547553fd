"""The interface of an executor: what it is given, what it tells, what it can be asked.

The law for every executor (`tests/emulator/executors/laws.py` holds each of them to it):
- `start` returns at once; whatever may take long (copying code, waiting) happens elsewhere.
- An attempt tells `TrialWaiting` any number of times, `TrialStarted` at most once, then any number of `TrialMetric` and
  `NodeTaken`, then `TrialFinalizing` at most once, and in the end `TrialEnded` exactly once, whatever happened. Nothing
  follows `TrialEnded`.
- `on_event` may be called from any thread; it must not block.
- `stop` may be called at any time, from any thread, any number of times; an attempt that was stopped still tells
  `TrialEnded`, after the last process it started is gone.
- An attempt may survive the process of the emulator that started it. Then `survives` is true of it in the next one, and
  `adopt` gives a handle to it, under the same law as `start`: it tells `TrialStarted` again, and its end, also one that
  came while there was no emulator.
- After `reap` nothing is left of the attempts that an earlier process of the emulator started, but for those that are
  kept.
- Where attempts run on other hosts, an attempt can be lost: its worker fell silent. Then it tells `NodeTaken`, and the
  `stop` that follows ends it at once: nothing that its processes still write counts, whatever became of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from emulator.settings import Settings


class Placement(NamedTuple):
    """An executor, and what it has to know besides the settings of the emulator.

    Parameters:
        executor: name of a registered one.
        address: of the cluster that it uses; empty for none.
        resources: what each trial takes there; empty for nothing but its place.
        certificates: files of the authorities, the certificate and the key with which it is reached; empty texts for
            those that are configured elsewhere.
    """

    executor: str
    address: str = ""
    resources: str = ""
    certificates: tuple[str, str, str] = ("", "", "")

    @classmethod
    def of(cls, settings: Settings) -> Placement:
        """What settings say: those of the emulator, or of a compute."""
        files = (settings.dask_tls_ca, settings.dask_tls_cert, settings.dask_tls_key)
        ca, cert, key = (file or "" for file in files)
        return cls(settings.executor, settings.dask_address or "", settings.dask_resources, (ca, cert, key))


class TrialRefused(Exception):
    """A trial cannot start, for a reason that its user can remove; the text says which."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A trial made ready: its command and what the command finds around it.

    Parameters:
        command: text for the shell, bindings already substituted.
        folder: working directory, the trial's own copy of the code.
        environment: all variables; nothing else is inherited.
        log: file that takes stdout and stderr together.
        reads: files and folders besides that the command reads; to be made known where it runs elsewhere.
        writes: files and folders besides that it writes to, likewise.
        inherits: names of variables that it has from the machine it runs on; `*` stands for any end of a name.
        gpus: how many its instance type has.
    """

    command: str
    folder: Path
    environment: Mapping[str, str]
    log: Path
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    inherits: tuple[str, ...] = ()
    gpus: int = 0


class Work(Protocol):
    """What there is to do around the command of one attempt; called by executors that run commands."""

    def prepare(self, variables: Mapping[str, str]) -> Launch:
        """Make the trial's folders and say what to launch; may take long.

        Parameters:
            variables: of the executor's own, to be added to the command's environment.

        Raises:
            TrialRefused, OSError: it cannot be launched.
        """
        ...

    def collect(self) -> None:
        """Move the trial's outputs to its artifacts; called after the last process has ended. Twice is harmless.

        Raises:
            OSError: they cannot be moved.
        """
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to run a trial or command job: what an executor is given.

    Parameters:
        id: distinguishes it from every other attempt of the same state directory.
        index: number of the trial in its sweep; 0 for a job of its own.
        parameters: the suggested values by name.
        name: of the trial's own job.
        number: 1, or more when the trial is started again.
        metric: name of its sweep's primary metric; None for a job that is not a trial of a sweep.
        log: file of its stdout and stderr; None where it is not read.
        work: what there is to do around its command; None where no command is run.
        log_limit: bytes that its log may have; None for no limit.
        step: of a step of a pipeline or a trial of one, the names of the pipeline and the steps around, joined by `/`.
        placement: where its compute has it run; None where the settings of the emulator say so.
    """

    id: str
    index: int
    parameters: Mapping[str, Any]
    name: str = ""
    number: int = 1
    metric: str | None = None
    log: Path | None = None
    work: Work | None = None
    log_limit: int | None = None
    step: str | None = None
    placement: Placement | None = None


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
class TrialWaiting:
    """No machine can run it as things are; it goes on waiting.

    Parameters:
        why: for people.
    """

    why: str


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """The command runs.

    Parameters:
        record: what the executor wants to be told about the attempt after a restart of the emulator; None for nothing.
            Its meaning is the executor's own.
        worker: who runs it, for people; empty where there is nothing to tell.
        host: the name of the machine that it runs on; empty likewise.
    """

    record: str | None = None
    worker: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class TrialMetric:
    """A metric value that came from the executor itself (simulations), not over HTTP."""

    name: str
    value: float
    step: int


@dataclass(frozen=True, slots=True)
class NodeTaken:
    """The node is taken away, as happens to Spot nodes: the trial shall be stopped, and start anew.

    Parameters:
        lost: whether it is gone without notice, with the worker that ran the attempt. A run may lose `attempt_limit`
            attempts, then it fails.
        why: in a few words, for people.
    """

    lost: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class TrialFinalizing:
    """The command has ended; outputs are being collected."""

    exit: Exit


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """All is over: no process is left, outputs are where they belong."""

    exit: Exit


TrialEvent = TrialWaiting | TrialStarted | TrialMetric | NodeTaken | TrialFinalizing | TrialEnded


class AttemptHandle(Protocol):
    """A running attempt."""

    def stop(self, grace: float) -> None:
        """Ask the attempt's processes to end, and end them after so many seconds; returns at once."""
        ...

    def forget(self) -> None:
        """Its end is stored: nothing has to be known of it any more."""
        ...


class Executor(Protocol):
    """Runs attempts; see the law at the top of this module."""

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> AttemptHandle:
        """Start one attempt."""
        ...

    def survives(self, attempt: str, record: str | None) -> bool:
        """Whether an attempt that an earlier process of the emulator started runs, or has ended by itself.

        Parameters:
            attempt: its id.
            record: as `TrialStarted` told it; None or empty where that was not stored in time.
        """
        ...

    def adopt(self, attempt: Attempt, record: str | None, on_event: Callable[[TrialEvent], None]) -> AttemptHandle:
        """Take over an attempt that `survives`; its work is not prepared again.

        Parameters:
            record: as above.
        """
        ...

    def discard(self, attempt: str, record: str | None) -> None:
        """End what is left of one attempt that an earlier process started; returns when it has ended."""
        ...

    def reap(self, kept: Collection[str]) -> None:
        """End what earlier processes of the emulator left running; called before the first `start`.

        Parameters:
            kept: ids of the attempts that are to be adopted.
        """
        ...

    def capacity(self, placement: Placement | None = None) -> int | None:
        """How many attempts it can run at a time; None where this machine's cores say so.

        Parameters:
            placement: where a compute has them run; None where the settings of the emulator say so.
        """
        ...

    def close(self) -> None:
        """Let go of everything; all attempts have ended before."""
        ...
