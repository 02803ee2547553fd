"""What the emulator knows of each type of job; `contracts.job_types` has the rest.

One registration makes a type run here. Its parts are named, and imported when the first job of the type comes: using
one part does not load the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from contracts.job_types import COMMAND, JOB_TYPES, PIPELINE, SWEEP, JobType, RefusedJobType, served_type


@dataclass(frozen=True, slots=True)
class JobParts:
    """The emulator's parts of a type.

    Parameters:
        type: whose parts these are.
        starter: `module:function` that begins a stored job, or lets it go on; see `emulator.runner.start_job`.
        component: what has the command, code and environment, given the body of a job.
        metric: name of the primary metric, given the body of a job; None for a type without one.
        has_trials: whether its jobs run nothing themselves, but through trials.
        has_steps: whether its jobs run nothing themselves, but through steps, which are jobs of any type.
        document_keys: of `properties` in its ARM document, beside those of every job.
        limits: their keys and defaults in that document.
        run_type: of its run in run history. Emulator-defined: the names for v2 jobs are not published; these are v1's.
        log: the file among its artifacts that its own records go to.
    """

    type: JobType
    starter: str
    component: Callable[[Any], Any] = lambda body: body
    metric: Callable[[Any], str | None] = lambda body: None
    has_trials: bool = False
    has_steps: bool = False
    document_keys: tuple[str, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    run_type: str = ""
    log: str = "azureml-logs/hyperdrive.txt"

    @property
    def has_children(self) -> bool:
        """Whether its jobs run nothing themselves, but through jobs of their own."""
        return self.has_trials or self.has_steps

    def body(self, properties: Any) -> Any:
        """The model of a stored body.

        Raises:
            ValueError: it cannot be understood.
        """
        if self.type.model is None:
            raise ValueError(f"jobs of type {self.type.name} have no body that can be run")
        return self.type.model().model_validate(properties)

    def start(self) -> Callable[..., Any]:
        """The function that `starter` names."""
        module, _, function = self.starter.partition(":")
        found: Callable[..., Any] = getattr(import_module(module), function)
        return found


_PARTS: dict[JobType, JobParts] = {}


def register(parts: JobParts) -> JobParts:
    """Have jobs of a type run.

    Raises:
        ValueError: the type has its parts already.
    """
    if parts.type in _PARTS:
        raise ValueError(f"the emulator has its parts of job type {parts.type.name} already")
    _PARTS[parts.type] = parts
    return parts


def unregister(job_type: JobType) -> None:
    """Take back a registration, for tests."""
    del _PARTS[job_type]


def parts_of(name: str) -> JobParts:
    """The parts of a type by its name on the wire.

    Raises:
        contracts.job_types.RefusedJobType: it is not served.
    """
    known = JOB_TYPES.get(name)
    if known is not None and known in _PARTS:
        return _PARTS[known]
    served_type(name)
    raise RefusedJobType(f"Jobs of type {name} are not run by the emulator.")


def is_registered(name: str) -> bool:
    """Whether jobs of the type with this wire name run here."""
    return JOB_TYPES.get(name) in _PARTS


def registered() -> tuple[JobType, ...]:
    """The types that the emulator has parts of."""
    return tuple(_PARTS)


register(
    JobParts(
        SWEEP,
        starter="emulator.runner.start_job:start_sweep",
        component=lambda body: body.trial,
        metric=lambda body: body.objective.primary_metric,
        has_trials=True,
        document_keys=(
            *("searchSpace", "samplingAlgorithm", "limits", "earlyTermination", "objective", "trial", "inputs"),
            *("outputs", "queueSettings", "resources", "componentConfiguration"),
        ),
        limits={
            "timeout": None,
            "jobLimitsType": SWEEP.name,
            "maxTotalTrials": None,
            "maxConcurrentTrials": None,
            "trialTimeout": None,
        },
        run_type="hyperdrive",
    )
)
register(
    JobParts(
        COMMAND,
        starter="emulator.runner.start_job:start_command",
        document_keys=(
            *("codeId", "command", "environmentId", "inputs", "outputs", "distribution", "limits"),
            *("environmentVariables", "resources", "queueSettings", "autologgerSettings", "parameters"),
        ),
        limits={"timeout": None, "jobLimitsType": COMMAND.name},
        run_type="azureml.scriptrun",
    )
)
register(
    JobParts(
        PIPELINE,
        starter="emulator.runner.pipelines.start:start_pipeline",
        has_steps=True,
        document_keys=("inputs", "jobs", "outputs", "settings", "sourceJobId"),
        run_type="azureml.PipelineRun",
        log="logs/azureml/executionlogs.txt",
    )
)
