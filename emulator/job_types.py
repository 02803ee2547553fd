"""What the emulator knows of each type of job; `contracts.job_types` has the rest.

One registration makes a type run here. Its parts are named, and imported when the first job of the type comes: using
one part does not load the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.job_types import COMMAND, JOB_TYPES, PIPELINE, SWEEP, JobType, RefusedJobType, served_type
from contracts.lifecycle import JobStatus
from contracts.references import load

_STARTING = (JobStatus.NOT_STARTED, JobStatus.STARTING)


@dataclass(frozen=True, slots=True)
class JobParts:
    """The emulator's parts of a type.

    Parameters:
        type: whose parts these are.
        starter: begins a stored job, or lets it go on; see `emulator.runner.start_job`. This and the other parts that
            are functions are given as `module:function`.
        begins: the statuses that a job goes through within its PUT. Source: recorded; the answer has the last of them.
        expand: fills in the part of its ARM document that is fixed when it is made; see `emulator.services.jobs.body`.
        labels: makes the tags and properties of a new job; see `emulator.services.jobs.labels`.
        refuse_compute: makes the refusal of a compute that is not there; see `emulator.services.jobs.labels`.
        older: takes out of its document what api-versions before 2024 do not have; None where that is nothing.
        newer: what api-versions from 2025 on have in its document in addition.
        has_tracking: whether its document has the address of its run in MLflow. Source: recorded; a sweep has none.
        step_body: makes its body of a step of a pipeline and of the component that the step names; see
            `emulator.engine.pipeline.step_body`.
        component: what has the command, code and environment, given the body of a job.
        metric: name of the primary metric, given the body of a job; None for a type without one.
        has_trials: whether its jobs run nothing themselves, but through trials.
        has_steps: whether its jobs run nothing themselves, but through steps, which are jobs of any type.
        run_type: of its run in run history. Emulator-defined: the names for v2 jobs are not published; these are v1's.
        log: the file among its artifacts that its own records go to.
    """

    type: JobType
    starter: str
    begins: tuple[JobStatus, ...] = _STARTING
    expand: str = "emulator.services.jobs.body:expand_command"
    labels: str = "emulator.services.jobs.labels:command_labels"
    refuse_compute: str = "emulator.services.jobs.labels:unknown_compute"
    older: str | None = None
    newer: Mapping[str, Any] = field(default_factory=dict)
    has_tracking: bool = True
    step_body: str = "emulator.engine.pipeline.step_body:command_body"
    component: Callable[[Any], Any] = lambda body: body
    metric: Callable[[Any], str | None] = lambda body: None
    has_trials: bool = False
    has_steps: bool = False
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
        found: Callable[..., Any] = load(self.starter)
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
        begins=(*_STARTING, JobStatus.RUNNING),
        expand="emulator.services.jobs.body:expand_sweep",
        labels="emulator.services.jobs.labels:sweep_labels",
        refuse_compute="emulator.services.jobs.labels:unknown_compute_of_sweep",
        older="emulator.services.jobs.versions:older_sweep",
        has_tracking=False,
        step_body="emulator.engine.pipeline.step_body:sweep_body",
        component=lambda body: body.trial,
        metric=lambda body: body.objective.primary_metric,
        has_trials=True,
        run_type="hyperdrive",
    )
)
register(
    JobParts(
        COMMAND,
        starter="emulator.runner.start_job:start_command",
        newer={"parentJobName": None},
        run_type="azureml.scriptrun",
    )
)
register(
    JobParts(
        PIPELINE,
        starter="emulator.runner.pipelines.start:start_pipeline",
        begins=(JobStatus.NOT_STARTED, JobStatus.PREPARING),
        expand="emulator.services.jobs.pipelines:expand_pipeline",
        labels="emulator.services.jobs.labels:pipeline_labels",
        step_body="emulator.engine.pipeline.step_body:pipeline_body",
        has_steps=True,
        run_type="azureml.PipelineRun",
        log="logs/azureml/executionlogs.txt",
    )
)
