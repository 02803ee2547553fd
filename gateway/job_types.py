"""What the client has for each type of job: its class, its body and its file, both ways, and how it differs in use.

One registration for each type of `contracts.job_types`; nothing else in the gateway distinguishes types. The parts are
named as `module:name` and imported when they are first used: they are built on this module, and `to_arm` of a command
should not load the readers of files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.job_types import COMMAND, PIPELINE, SWEEP, JobType, type_of

#: The api-version with which the official client sends and reads jobs (measured with azure-ai-ml 1.35.2).
JOBS_API_VERSION = "2024-01-01-preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientJobType:
    """What the client has for one type of job.

    Parameters:
        entity: the class of the plain job.
        to_arm: makes the `properties` of a body from the entity.
        from_arm: makes what users get from an ARM resource.
        schema: the `ObjectSchema` of the job's file.
        step_to_arm: makes what a step of this type has in a body beside what every step has; this and the next two are
            None for a type that cannot be a step.
        step_from_arm: makes the step from its body.
        step_schema: the `ObjectSchema` of the step in the file of a pipeline.
        older_name: `type` in files for older clients; None where there was none.
        code_path: the path of the code below `properties`.
        api_version: the version with which such a job is sent.
        own_logs: the logs worth following where the standard ones do not exist. Source: the official client's stream.
        has_trials: whether its children are trials, of which the best represents it.
        acts_as_user: whether a token of the user goes with every submission. Source: the official client's submissions.
        outputs_in_history: whether where its outputs are is known to run history alone. Source: recorded; of a pipeline
            that completed ARM answers outputs without addresses.
        resolve: resolves what the job refers to before it is sent.
        check: finds what is wrong with the entity that its body does not show.
    """

    entity: str
    to_arm: str
    from_arm: str
    schema: str
    step_to_arm: str | None = None
    step_from_arm: str | None = None
    step_schema: str | None = None
    older_name: str | None = None
    code_path: tuple[str, ...] = ("codeId",)
    api_version: str = JOBS_API_VERSION
    own_logs: re.Pattern[str] = re.compile(r"\Aazureml-logs/\d{2}.+\.txt")
    has_trials: bool = False
    acts_as_user: bool = False
    outputs_in_history: bool = False
    resolve: str = "gateway.operations.submit:resolve_job"
    check: str | None = None


#: The registrations by the values of `contracts.job_types`; `register` adds to it.
CLIENT_JOB_TYPES: dict[JobType, ClientJobType] = {}
_BY_ENTITY: dict[str, ClientJobType] = {}
#: What `of_entity` found before: jobs are translated by the thousand.
_BY_CLASS: dict[type, ClientJobType] = {}


def register(job_type: JobType, registration: ClientJobType) -> None:
    """Add what the client has for a type.

    Raises:
        ValueError: the type has a registration already.
    """
    if job_type in CLIENT_JOB_TYPES:
        raise ValueError(f"the job type {job_type.name} is registered already")
    CLIENT_JOB_TYPES[job_type] = registration
    _BY_ENTITY[registration.entity] = registration


def of_body(properties: object) -> ClientJobType | None:
    """The registration for the `properties` of a job; None for a type that is absent, unknown or refused."""
    job_type = type_of(properties)
    return None if job_type is None else CLIENT_JOB_TYPES.get(job_type)


def of_entity(job: object) -> ClientJobType | None:
    """The registration for a plain job; None for one of no registered class."""
    found = _BY_CLASS.get(type(job))
    if found is None:
        names = (f"{cls.__module__}:{cls.__qualname__}" for cls in type(job).__mro__)
        found = next((_BY_ENTITY[name] for name in names if name in _BY_ENTITY), None)
        if found is not None:
            _BY_CLASS[type(job)] = found
    return found


def by_yaml_name() -> dict[str, ClientJobType]:
    """The registrations by `type` in job files."""
    return {job_type.yaml_name: registration for job_type, registration in CLIENT_JOB_TYPES.items()}


def entity_names() -> str:
    """The classes of jobs that can be submitted, for a message."""
    return " or a ".join(registration.entity.partition(":")[2] for registration in CLIENT_JOB_TYPES.values())


def is_sweep(properties: object) -> bool:
    """Whether the `properties` of a body are those of a job with trials."""
    found = of_body(properties)
    return found is not None and found.has_trials


register(
    SWEEP,
    ClientJobType(
        entity="gateway.entities.sweep_job:SweepJob",
        to_arm="gateway.serialization.arm.sweep_job:sweep_job_to_arm",
        from_arm="gateway.serialization.arm.sweep_job:sweep_job_from_arm",
        schema="gateway.serialization.yaml.job:SWEEP_SCHEMA",
        step_to_arm="gateway.serialization.arm.step:sweep_parts",
        step_from_arm="gateway.serialization.arm.step_from_arm:sweep_step",
        step_schema="gateway.serialization.yaml.step:SWEEP_STEP",
        older_name="sweep_job",
        code_path=("trial", "codeId"),
        own_logs=re.compile(r"azureml-logs/hyperdrive\.txt"),
        has_trials=True,
    ),
)
register(
    COMMAND,
    ClientJobType(
        entity="gateway.entities.command_job:CommandJob",
        to_arm="gateway.serialization.arm.command_job:command_job_to_arm",
        from_arm="gateway.serialization.arm.command_job:command_job_from_arm",
        schema="gateway.serialization.yaml.job:COMMAND_SCHEMA",
        step_to_arm="gateway.serialization.arm.step:command_parts",
        step_from_arm="gateway.serialization.arm.step_from_arm:command_step",
        step_schema="gateway.serialization.yaml.step:COMMAND_STEP",
        older_name="command_job",
        api_version="2025-01-01-preview",
    ),
)
register(
    PIPELINE,
    ClientJobType(
        entity="gateway.builders.pipeline_job:PipelineJob",
        to_arm="gateway.serialization.arm.pipeline_job:pipeline_job_to_arm",
        from_arm="gateway.serialization.arm.pipeline_job:pipeline_job_from_arm",
        schema="gateway.serialization.yaml.pipeline:PIPELINE_SCHEMA",
        step_to_arm="gateway.serialization.arm.step:pipeline_parts",
        step_from_arm="gateway.serialization.arm.step_from_arm:pipeline_step",
        step_schema="gateway.serialization.yaml.step:PIPELINE_STEP",
        code_path=(),
        own_logs=re.compile(r"logs/azureml/executionlogs\.txt"),
        acts_as_user=True,
        outputs_in_history=True,
        resolve="gateway.operations.components:resolve_pipeline",
        check="gateway.serialization.step_checks:check_steps",
    ),
)
