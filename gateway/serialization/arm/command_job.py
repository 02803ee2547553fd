"""Command jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.job_types import COMMAND
from gateway.builders.command import Command
from gateway.builders.command_func import command
from gateway.entities.command_job import CommandJob
from gateway.entities.environment import Environment
from gateway.entities.job_settings import JobResourceConfiguration
from gateway.entities.names import check_command, check_inputs, double_braces
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException
from gateway.serialization.arm.identity import identity_from_arm, identity_to_arm, system_data_from_arm
from gateway.serialization.arm.job_io import inputs_from_arm, inputs_to_arm, outputs_from_arm, outputs_to_arm
from gateway.serialization.arm.job_service import services_from_arm, services_to_arm
from gateway.serialization.arm.job_settings import (
    command_limits_from_arm,
    limits_to_arm,
    queue_settings_from_arm,
    queue_settings_to_arm,
    resources_from_arm,
    resources_to_arm,
)
from gateway.serialization.arm.plain import plain_mapping, present
from gateway.serialization.arm.trial import (
    code_reference,
    distribution_from_arm,
    distribution_to_arm,
    environment_reference,
    variables_to_arm,
)

_LOCAL = "local"
_LOCAL_PROPERTY = "IsLocal"
_SET_BY_THE_SERVICE = "_azureml.ComputeTargetType"


def command_job_to_arm(job: CommandJob) -> dict[str, Any]:
    """The `properties` of a command body.

    Raises:
        ValidationException: a part that is missing or cannot be sent; the message names it.
    """
    if job.command is None:
        raise _missing("command is required.")
    if job.environment is None:
        raise _missing("environment is required: a name such as 'azureml:sklearn:1', or an Environment.")
    if isinstance(job.environment, Environment):
        job.environment.validate()
    check_command(job.command)
    check_inputs(job.command, job.inputs)
    # `local` is not a compute of a workspace: a property of the resources says it in the place of an id.
    local = job.compute == _LOCAL
    properties = plain_mapping(job.properties or {}, "properties")
    # A job that was fetched and is sent again must not bring it: it says where the first one ran.
    properties.pop(_SET_BY_THE_SERVICE, None)
    return present(
        {
            "displayName": job.display_name,
            "description": job.description,
            "command": double_braces(job.command),
            "codeId": code_reference(job.code),
            "computeId": None if local else job.compute,
            "properties": properties,
            "experimentName": job.experiment_name,
            # The default, and sent all the same: the body is the one that the official SDK sends.
            "isArchived": False,
            "inputs": inputs_to_arm(job.inputs),
            "outputs": outputs_to_arm(job.outputs),
            "environmentId": environment_reference(job.environment),
            "distribution": distribution_to_arm(job.distribution),
            "tags": job.tags and plain_mapping(job.tags, "tags"),
            "identity": identity_to_arm(job.identity),
            "environmentVariables": variables_to_arm(job.environment_variables),
            "resources": resources_to_arm(_on_this_machine(job.resources) if local else job.resources),
            "limits": limits_to_arm(job.limits),
            "services": services_to_arm(job.services),
            "queueSettings": queue_settings_to_arm(job.queue_settings),
            "jobType": COMMAND.name,
            "parentJobName": job.parent_job_name,
        }
    )


def command_job_from_arm(body: Mapping[str, Any]) -> Command:
    """The command of a body, as the builder node that the official SDK makes of it.

    Raises:
        JobParsingError: a part that is not known; the message names it.
    """
    properties = body["properties"]
    node = command(
        name=body.get("name"),
        display_name=properties.get("displayName"),
        description=properties.get("description"),
        tags=properties.get("tags"),
        properties=properties.get("properties"),
        command=properties.get("command"),
        experiment_name=properties.get("experimentName"),
        services=services_from_arm(properties.get("services")),
        status=properties.get("status"),
        creation_context=system_data_from_arm(body.get("systemData")),
        code=properties.get("codeId"),
        compute=properties.get("computeId"),
        environment=properties.get("environmentId"),
        distribution=distribution_from_arm(properties.get("distribution")),
        parameters=properties.get("parameters"),
        identity=identity_from_arm(properties.get("identity")),
        environment_variables=properties.get("environmentVariables"),
        inputs=inputs_from_arm(properties.get("inputs")),
        outputs=outputs_from_arm(properties.get("outputs")),
        id=body.get("id"),
    )
    node.keep_name(body.get("name"))
    node.resources = resources_from_arm(properties.get("resources"))
    node.limits = command_limits_from_arm(properties.get("limits"))
    node.queue_settings = queue_settings_from_arm(properties.get("queueSettings"))
    if node.resources and node.resources.properties.pop(_LOCAL_PROPERTY, None):
        node.compute = _LOCAL
    return node


def _on_this_machine(resources: JobResourceConfiguration | None) -> JobResourceConfiguration:
    given = {} if resources is None else dict(vars(resources))
    properties = given.pop("_properties", {})
    return JobResourceConfiguration(**given, properties={**properties, _LOCAL_PROPERTY: {_LOCAL_PROPERTY: True}})


def _missing(message: str) -> ValidationException:
    return ValidationException(message, target=ErrorTarget.JOB, error_type=ValidationErrorType.MISSING_FIELD)
