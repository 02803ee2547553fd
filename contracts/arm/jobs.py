"""The bodies of jobs: what all have in common, command and sweep jobs, and the envelope around them."""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, create_model

from contracts.arm.base import ArmModel
from contracts.arm.inputs_outputs import JobInput, JobOutput
from contracts.arm.resources import (
    DistributionConfiguration,
    IdentityConfiguration,
    JobResourceConfiguration,
    JobService,
    QueueSettings,
)
from contracts.arm.sweep_algorithms import EarlyTerminationPolicy, SamplingAlgorithm, SearchSpace
from contracts.job_types import JOB_TYPES
from contracts.lifecycle import JobStatus
from contracts.termination_policies import ON_CHANGE

#: Environment variables. The official client sends scalars of a job file as they are; on arrival they become texts.
Variables: TypeAlias = dict[str, str | int | float | bool | None]


class SystemData(ArmModel):
    """Times are ISO-8601 with seven digits of a second and an offset, as the service writes them."""

    created_at: str | None = None
    created_by: str | None = None
    created_by_type: str | None = None
    last_modified_at: str | None = None
    last_modified_by: str | None = None
    last_modified_by_type: str | None = None


class JobBase(ArmModel):
    """The properties that every job has."""

    display_name: str | None = None
    description: str | None = None
    experiment_name: str | None = None
    tags: dict[str, str | None] | None = None
    properties: dict[str, str | None] | None = None
    is_archived: bool | None = None
    compute_id: str | None = None
    component_id: str | None = None
    identity: IdentityConfiguration | None = None
    inputs: dict[str, JobInput] | None = None
    outputs: dict[str, JobOutput] | None = None
    queue_settings: QueueSettings | None = None
    resources: JobResourceConfiguration | None = None
    services: dict[str, JobService | None] | None = None
    notification_setting: dict[str, Any] | None = None
    status: JobStatus | str | None = None
    parent_job_name: str | None = None


class SweepJobLimits(ArmModel):
    """How many trials, how many at once, how long in all and each."""

    job_limits_type: Literal["Sweep"] = "Sweep"
    max_total_trials: int | None = None
    max_concurrent_trials: int | None = None
    timeout: str | None = None
    trial_timeout: str | None = None


class CommandJobLimits(ArmModel):
    """How long a command job may run."""

    job_limits_type: Literal["Command"] = "Command"
    timeout: str | None = None


class Objective(ArmModel):
    """The primary metric and its direction: the official client sends `maximize`, the service answers `Maximize`."""

    goal: str
    primary_metric: str


class TrialComponent(ArmModel):
    """Command, code and environment of a trial."""

    command: str
    environment_id: str
    code_id: str | None = None
    environment_variables: Variables | None = None
    distribution: DistributionConfiguration | None = None
    resources: JobResourceConfiguration | None = None


class CommandJob(JobBase):
    """`properties` of a command job."""

    job_type: Literal["Command"] = "Command"
    command: str
    environment_id: str
    code_id: str | None = None
    environment_variables: Variables | None = None
    distribution: DistributionConfiguration | None = None
    limits: CommandJobLimits | None = None
    parameters: dict[str, Any] | None = None


class SweepJob(JobBase):
    """`properties` of a sweep job."""

    job_type: Literal["Sweep"] = "Sweep"
    search_space: SearchSpace
    sampling_algorithm: SamplingAlgorithm
    objective: Objective
    trial: TrialComponent
    limits: SweepJobLimits | None = None
    early_termination: EarlyTerminationPolicy | None = None


class JobResource(ArmModel):
    """A job as it is PUT (`properties` alone) and as it is answered; `job_resource` reads one by its type."""

    properties: JobBase
    id: str | None = None
    name: str | None = None
    type: str | None = None
    system_data: SystemData | None = None


def job_resource() -> type[JobResource]:
    """The model of a job of any type that has one, told apart by `jobType`."""
    return _resource_of(tuple(kind.model() for kind in JOB_TYPES.values() if kind.model is not None))


@cache
def _resource_of(models: tuple[type[BaseModel], ...]) -> type[JobResource]:
    either: Any = reduce(or_, models)
    properties: Any = Annotated[either, Field(discriminator="job_type")]
    return create_model("JobResource", __base__=JobResource, properties=(properties, ...))


def _rebuild() -> None:
    SweepJob.model_rebuild(force=True)
    _resource_of.cache_clear()


ON_CHANGE.append(_rebuild)
