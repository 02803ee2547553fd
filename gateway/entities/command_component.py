"""Command components: a command with declared inputs and outputs, which jobs are made from."""

from __future__ import annotations

from os import PathLike
from typing import Any

from gateway.constants import JobType
from gateway.entities.component import Component
from gateway.entities.distribution import DistributionConfiguration
from gateway.entities.environment import Environment
from gateway.entities.job_settings import JobResourceConfiguration
from gateway.entities.parameterized_command import ParameterizedCommand, check_types
from gateway.exceptions import ErrorTarget, ValidationException


class CommandComponent(ParameterizedCommand, Component):
    """A command with declared inputs and outputs.

    Parameters:
        name, version, description, tags, properties: as in Asset.
        display_name: what Studio shows.
        command, code, environment, distribution, resources: as in ParameterizedCommand.
        inputs, outputs: declarations by name; a dict stands for an Input or Output.
        instance_count: number of nodes, instead of resources.
        is_deterministic: whether the same inputs give the same outputs.
        additional_includes: more files for the code folder.
        source, schema: as in Component (keyword arguments).

    Raises:
        ValidationException: a parameter of another type, or both instance_count and resources.
    """

    kind = JobType.COMMAND

    def __init__(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        display_name: str | None = None,
        command: str | None = None,
        code: str | PathLike[str] | None = None,
        environment: str | Environment | None = None,
        distribution: dict[str, Any] | DistributionConfiguration | None = None,
        resources: dict[str, Any] | JobResourceConfiguration | None = None,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Any] | None = None,
        instance_count: int | None = None,
        is_deterministic: bool = True,
        additional_includes: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        variables = kwargs.pop("environment_variables", None)
        check_types(code=code, environment=environment, environment_variables=variables, resources=resources)
        Component.__init__(
            self,
            name=name,
            version=version,
            description=description,
            tags=tags,
            properties=properties,
            display_name=display_name,
            inputs=inputs,
            outputs=outputs,
            is_deterministic=is_deterministic,
            **kwargs,
        )
        ParameterizedCommand.__init__(
            self, command, resources, code, None, distribution=distribution, environment=environment
        )
        self.environment_variables = variables
        if instance_count and self.resources:
            raise ValidationException("instance_count and resources exclude each other.", target=ErrorTarget.COMPONENT)
        if instance_count:
            self.resources = JobResourceConfiguration(instance_count=instance_count)
        self.additional_includes = additional_includes or []

    @property
    def instance_count(self) -> int | None:
        """The number of its nodes, as its resources have it."""
        return self.resources.instance_count if self.resources else None

    @instance_count.setter
    def instance_count(self, value: int | None) -> None:
        if self.resources is None:
            self.resources = JobResourceConfiguration()
        self.resources.instance_count = value
