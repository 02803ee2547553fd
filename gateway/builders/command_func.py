"""`command(...)`: a command that can be submitted, called with other inputs, or swept."""

from __future__ import annotations

from os import PathLike
from typing import Any

from gateway.builders.command import Command
from gateway.builders.io_values import command_inputs, command_outputs
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import ComponentSource
from gateway.entities.distribution import DistributionConfiguration
from gateway.entities.environment import Environment
from gateway.entities.identity import JobIdentity
from gateway.entities.job_service import JobService


def command(
    *,
    name: str | None = None,
    description: str | None = None,
    tags: dict[str, Any] | None = None,
    properties: dict[str, Any] | None = None,
    display_name: str | None = None,
    command: str | None = None,
    experiment_name: str | None = None,
    environment: str | Environment | None = None,
    environment_variables: dict[str, Any] | None = None,
    distribution: dict[str, Any] | DistributionConfiguration | None = None,
    compute: str | None = None,
    inputs: dict[str, Any] | None = None,
    outputs: dict[str, Any] | None = None,
    instance_count: int | None = None,
    instance_type: str | None = None,
    locations: list[str] | None = None,
    docker_args: str | list[str] | None = None,
    shm_size: str | None = None,
    timeout: int | None = None,
    code: str | PathLike[str] | None = None,
    identity: JobIdentity | None = None,
    is_deterministic: bool = True,
    services: dict[str, JobService] | None = None,
    job_tier: str | None = None,
    priority: str | None = None,
    parent_job_name: str | None = None,
    **kwargs: Any,
) -> Command:
    """A command that can be submitted, called with other inputs, or swept.

    Parameters:
        name, description, tags, properties, display_name, experiment_name, compute, services: as in Job.
        command, environment, environment_variables, distribution, code: as in ParameterizedCommand.
        inputs, outputs: by name: Input and Output objects, literal values, or distributions.
        instance_count, instance_type, locations, docker_args, shm_size: as in JobResourceConfiguration.
        timeout: seconds after which the job is canceled.
        identity, parent_job_name: as in CommandJob.
        is_deterministic: whether the same inputs give the same outputs.
        job_tier, priority: as in QueueSettings.

    Raises:
        ValidationException: an input, output, environment or code of a type that cannot be.

    Example:
        >>> job = command(command="echo ${{inputs.lr}}", environment="base:1", inputs={"lr": 0.1})
        >>> job.sweep(primary_metric="loss", goal="minimize").limits
        SweepJobLimits(max_concurrent_trials=None, max_total_trials=None, timeout=None, trial_timeout=None)
    """
    component_inputs, job_inputs = command_inputs(inputs or {})
    component_outputs, job_outputs = command_outputs(outputs or {})
    component = kwargs.pop("component", None)
    if component is None:
        component = CommandComponent(
            name=name,
            tags=tags,
            code=code,
            command=command,
            environment=environment,
            display_name=display_name,
            description=description,
            inputs=component_inputs,
            outputs=component_outputs,
            distribution=distribution,
            environment_variables=environment_variables,
            is_deterministic=is_deterministic,
            resources=kwargs.get("resources"),
            base_path=kwargs.get("base_path"),
            creation_context=kwargs.get("creation_context"),
            source=ComponentSource.BUILDER,
        )
    node = Command(
        component=component,
        name=name,
        description=description,
        tags=tags,
        properties=properties,
        display_name=display_name,
        experiment_name=experiment_name,
        compute=compute,
        inputs=job_inputs,
        outputs=job_outputs,
        identity=identity,
        distribution=distribution,
        environment=environment,
        environment_variables=environment_variables,
        services=services,
        parent_job_name=parent_job_name,
        **kwargs,
    )
    if any(value is not None for value in (locations, instance_count, instance_type, docker_args, shm_size)):
        node.set_resources(
            locations=locations,
            instance_count=instance_count,
            instance_type=instance_type,
            docker_args=docker_args,
            shm_size=shm_size,
        )
    if timeout is not None:
        node.set_limits(timeout=timeout)
    if job_tier is not None or priority is not None:
        node.set_queue_settings(job_tier=job_tier, priority=priority)
    return node
