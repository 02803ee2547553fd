"""The trial of a sweep, and what a command shares with it."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import PurePath
from typing import Any

from gateway.entities.distribution import DISTRIBUTION_CONFIGURATIONS, DistributionConfiguration, RayDistribution
from gateway.entities.environment import Environment
from gateway.entities.parameterized_command import ParameterizedCommand
from gateway.exceptions import ErrorTarget, JobParsingError, invalid_value
from gateway.serialization.arm.job_settings import queue_settings_from_arm, resources_from_arm, resources_to_arm
from gateway.serialization.arm.plain import camel, plain_mapping, present


def _distribution_name(cls: type[DistributionConfiguration]) -> str:
    return cls.__name__.removesuffix("Distribution")


def distribution_to_arm(distribution: Any) -> dict[str, Any] | None:
    """The distribution as it travels.

    Raises:
        ValidationException: it is not a DistributionConfiguration.
    """
    if not distribution:
        return None
    if not isinstance(distribution, DistributionConfiguration):
        classes = ", ".join(f"{cls.__name__}(...)" for cls in DISTRIBUTION_CONFIGURATIONS.values())
        raise invalid_value("distribution", distribution, f"one of {classes}")
    fields = present({camel(name): value for name, value in vars(distribution).items() if name != "type"})
    kind = {"distributionType": _distribution_name(DISTRIBUTION_CONFIGURATIONS[distribution.kind])}
    # The official SDK writes the type of this one first, and the body is to be the same text.
    return kind | fields if isinstance(distribution, RayDistribution) else fields | kind


def distribution_from_arm(body: Mapping[str, Any] | None) -> DistributionConfiguration | None:
    """The distribution of a body.

    Raises:
        JobParsingError: its type is not known.
    """
    if body is None:
        return None
    name = str(body.get("distributionType")).lower()
    cls = DISTRIBUTION_CONFIGURATIONS.get(name)
    if cls is None:
        known = ", ".join(map(_distribution_name, DISTRIBUTION_CONFIGURATIONS.values()))
        raise JobParsingError(f"distribution.distributionType: {body.get('distributionType')!r} is not one of {known}.")
    distribution = cls()
    # Set and not given to the constructor: values that it would coerce come back as they were sent.
    for name in vars(distribution):
        if camel(name) in body:
            setattr(distribution, name, body[camel(name)])
    return distribution


def trial_to_arm(trial: Any, command: str) -> dict[str, Any]:
    """The trial component as it travels.

    Parameters:
        trial: a command job, a command component or any ParameterizedCommand.
        command: its command with the bindings as they are sent.
    """
    variables = variables_to_arm(trial.environment_variables)
    return present(
        {
            "codeId": code_reference(trial.code),
            "distribution": distribution_to_arm(trial.distribution),
            "environmentId": environment_reference(trial.environment),
            "command": command,
            "environmentVariables": variables if variables or getattr(trial, "sends_empty_variables", True) else None,
            "resources": resources_to_arm(trial.resources),
        }
    )


def trial_from_arm(properties: Mapping[str, Any]) -> ParameterizedCommand:
    """The trial of a sweep body, with the queue settings of the job."""
    body = properties.get("trial") or {}
    trial = ParameterizedCommand(
        command=body.get("command"),
        code=body.get("codeId"),
        environment_variables=body.get("environmentVariables"),
        environment=body.get("environmentId"),
        distribution=distribution_from_arm(body.get("distribution")),
        resources=resources_from_arm(body.get("resources")),
        queue_settings=queue_settings_from_arm(properties.get("queueSettings")),
    )
    # Nothing and `{}` differ on the wire: a sweep that is fetched and sent again has what it had.
    trial.sends_empty_variables = body.get("environmentVariables") is not None
    return trial


def code_reference(code: str | PathLike[str] | None) -> str | None:
    """The code as an unresolved body names it: the path or id that was given.

    Raises:
        ValidationException: neither text nor a path.
    """
    if code is None or isinstance(code, str):
        return code
    if not isinstance(code, PathLike):
        raise invalid_value("code", code, "the path of a folder, or the id of a code asset", target=ErrorTarget.CODE)
    return PurePath(code).as_posix()


def environment_reference(environment: Any) -> str | None:
    """The environment as an unresolved body names it: the text that was given, the id, or `name:version`.

    Raises:
        ValidationException: neither text nor an Environment.
    """
    if environment is None or isinstance(environment, str):
        return environment
    if not isinstance(environment, Environment):
        raise invalid_value("environment", environment, "a name or an Environment", target=ErrorTarget.ENVIRONMENT)
    return environment.id or ":".join(part for part in (environment.name, environment.version) if part)


def variables_to_arm(variables: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Environment variables as they travel."""
    return None if variables is None else plain_mapping(variables, "environment_variables")
