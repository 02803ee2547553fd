"""Command jobs."""

from __future__ import annotations

from typing import Any

from gateway.entities.identity import JobIdentity
from gateway.entities.job import Job
from gateway.entities.job_io import JobIO, Output
from gateway.entities.job_service import JobService
from gateway.entities.job_settings import CommandJobLimits
from gateway.entities.parameterized_command import ParameterizedCommand


class CommandJob(ParameterizedCommand, JobIO, Job):
    """A job that runs one command.

    Parameters:
        inputs: inputs by name: Input objects or literal values.
        outputs: outputs by name.
        limits: how long it may run.
        identity: the identity it runs under.
        services: interactive services by name.
        parent_job_name: the job it belongs to.
        command, resources, code, environment_variables, distribution, environment, queue_settings: as in
            ParameterizedCommand (keyword arguments).
        name, display_name, description, tags, properties, experiment_name, compute: as in Job (keyword arguments).
    """

    def __init__(
        self,
        *,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Output] | None = None,
        limits: CommandJobLimits | None = None,
        identity: dict[str, Any] | JobIdentity | None = None,
        services: dict[str, JobService] | None = None,
        parent_job_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        take = kwargs.pop
        take("type", None)
        self._parameters: dict[str, Any] = take("parameters", {})
        self.parent_job_name = parent_job_name
        ParameterizedCommand.__init__(
            self,
            command=take("command", ""),
            resources=take("resources", None),
            code=take("code", None),
            environment_variables=take("environment_variables", None),
            distribution=take("distribution", None),
            environment=take("environment", None),
            queue_settings=take("queue_settings", None),
        )
        Job.__init__(self, **kwargs)
        self.outputs = outputs
        self.inputs = inputs
        self.limits = limits
        self.identity = identity
        self.services = services

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters that the job has logged."""
        return self._parameters
