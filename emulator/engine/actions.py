"""What a sweep asks for: the answers of `Sweep` to everything it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from contracts.lifecycle import JobStatus
from emulator.engine.termination.base import Decision
from emulator.engine.values import Point


class StopCause(StrEnum):
    """Why a trial is stopped before it ends by itself."""

    EARLY_TERMINATION = "early termination policy"
    TRIAL_TIMEOUT = "trial timeout"
    TRIAL_CANCELED = "trial canceled by the user"
    SWEEP_TIMEOUT = "sweep timeout"
    SWEEP_CANCELED = "sweep canceled by the user"
    SWEEP_FAILED = "sweep failed"


class Component(StrEnum):
    """Which component logs a line of `azureml-logs/hyperdrive.txt`."""

    API = "API"
    GENERATOR = "GENERATOR"
    SCHEDULER = "SCHEDULER"
    CONTROLLER = "CONTROLLER"
    ENFORCER = "ENFORCER"


@dataclass(frozen=True, slots=True)
class QueueTrial:
    """Make trial `index` a child job that waits for a node (Queued); a `StartTrial` follows when there is one."""

    index: int
    parameters: Point


@dataclass(frozen=True, slots=True)
class StartTrial:
    """Run trial `index` on one of the offered nodes; `QueueTrial` has made it a child job before."""

    index: int
    parameters: Point


@dataclass(frozen=True, slots=True)
class StopTrial:
    """End trial `index`, whether it runs or waits; to be answered by `trial_ended`."""

    index: int
    cause: StopCause


@dataclass(frozen=True, slots=True)
class WriteLog:
    """One record of `azureml-logs/hyperdrive.txt`."""

    component: Component
    text: str
    level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Record:
    """Keep a decision of the early termination policy."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class NewBest:
    """Trial `index` has the best value of the primary metric so far."""

    index: int
    value: float


@dataclass(frozen=True, slots=True)
class AllGenerated:
    """No further trial will be drawn: `count` is all of them; `exhausted` when the search space has no more points."""

    count: int
    exhausted: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """The sweep is over; nothing follows.

    Parameters:
        status: Completed, Failed or Canceled.
        code: of the error, `UserError` or `SystemError`; None without an error.
        message: of the error, or a remark about a sweep that completed; None when there is nothing to say.
    """

    status: JobStatus
    code: str | None = None
    message: str | None = None


Action: TypeAlias = QueueTrial | StartTrial | StopTrial | WriteLog | Record | NewBest | AllGenerated | Finish
