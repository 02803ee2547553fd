"""A command with what it needs to run: the common part of command jobs, components and trials."""

from __future__ import annotations

from os import PathLike
from typing import Any

from gateway.entities.distribution import DistributionConfiguration, distribution_of
from gateway.entities.environment import Environment
from gateway.entities.job_settings import CommandJobLimits, JobResourceConfiguration, QueueSettings, resources_of
from gateway.entities.resource import Coerced, comparable_state, own_dict
from gateway.exceptions import ErrorTarget, ValidationException, kind_of

_ALLOWED: dict[str, tuple[type, ...]] = {
    "code": (str, PathLike),
    "environment": (str, Environment),
    "environment_variables": (dict,),
    "limits": (dict, CommandJobLimits),
    "resources": (dict, JobResourceConfiguration),
}


def check_types(**values: Any) -> None:
    """Check the types of parameters by their names; None is always allowed.

    Raises:
        ValidationException: a value of another type.
    """
    for name, value in values.items():
        if value is not None and not isinstance(value, _ALLOWED[name]):
            expected = " or ".join(cls.__name__ for cls in _ALLOWED[name])
            raise ValidationException(
                f"{name} must be {expected}, got {kind_of(value)}: {value!r}.", target=ErrorTarget.GENERAL
            )


class ParameterizedCommand:
    """A command with what it needs to run.

    Parameters:
        command: the command line, with `${{inputs.x}}`, `${{outputs.x}}` and `${{search_space.x}}` bindings.
        resources: nodes, their size, docker arguments; a dict stands for a JobResourceConfiguration.
        code: folder with the code, an `azureml:` name or an ARM id.
        environment_variables: environment variables by name.
        distribution: how it is spread over nodes; a dict stands for the class of its `type`.
        environment: the environment's name, id or definition.
        queue_settings: tier and priority.
    """

    distribution = Coerced(distribution_of, "How it is spread over nodes.")
    resources = Coerced(resources_of, "Nodes, their size, docker arguments.")
    #: Whether no environment variables travel as `{}`; of a trial that was read, as it was there.
    sends_empty_variables = True

    def __init__(
        self,
        command: str | None = "",
        resources: dict[str, Any] | JobResourceConfiguration | None = None,
        code: str | PathLike[str] | None = None,
        environment_variables: dict[str, Any] | None = None,
        distribution: dict[str, Any] | DistributionConfiguration | None = None,
        environment: Environment | str | None = None,
        queue_settings: QueueSettings | None = None,
    ) -> None:
        self.command = command
        self.code = code
        self.environment_variables: dict[str, Any] | None = (
            own_dict("environment_variables", environment_variables) if environment_variables else {}
        )
        self.environment = environment
        self.distribution = distribution
        self.resources = resources
        self.queue_settings = queue_settings

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and comparable_state(self) == comparable_state(other)
