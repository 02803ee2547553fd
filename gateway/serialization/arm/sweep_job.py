"""Sweep jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.job_types import SWEEP
from gateway.entities.command_job import CommandJob
from gateway.entities.job_settings import JobLimits, SweepJobLimits
from gateway.entities.names import check_command, check_inputs, double_braces
from gateway.entities.resource import copied
from gateway.entities.sweep_job import SweepJob
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException, invalid_value
from gateway.serialization.arm.identity import identity_from_arm, identity_to_arm, system_data_from_arm
from gateway.serialization.arm.job_io import inputs_from_arm, inputs_to_arm, outputs_from_arm, outputs_to_arm
from gateway.serialization.arm.job_service import services_from_arm
from gateway.serialization.arm.job_settings import (
    limits_to_arm,
    queue_settings_to_arm,
    resources_to_arm,
    sweep_limits_from_arm,
    sweep_queue_settings_from_arm,
    sweep_resources_from_arm,
)
from gateway.serialization.arm.plain import plain_mapping, present
from gateway.serialization.arm.search_space import search_space_from_arm, search_space_to_arm
from gateway.serialization.arm.sweep_settings import (
    objective_from_arm,
    objective_to_arm,
    policy_from_arm,
    policy_to_arm,
    sampling_algorithm_from_arm,
    sampling_algorithm_to_arm,
)
from gateway.serialization.arm.trial import trial_from_arm, trial_to_arm


def sweep_job_to_arm(job: SweepJob) -> dict[str, Any]:
    """The `properties` of a sweep body.

    Of a trial that is a command job, compute, inputs, outputs and timeout are used where the sweep has none.

    Raises:
        ValidationException: a part that cannot be sent; the message names it.
    """
    trial = job.trial
    if trial is not None and not hasattr(trial, "command"):
        raise invalid_value("trial", trial, "CommandJob(command=..., environment=...)", target=ErrorTarget.SWEEP_JOB)
    if trial is None or trial.command is None:
        missing = "trial" if trial is None else "trial.command"
        raise ValidationException(
            f"{missing} is missing; give trial=CommandJob(command=..., environment=...).",
            target=ErrorTarget.SWEEP_JOB,
            error_type=ValidationErrorType.MISSING_FIELD,
        )
    compute, inputs, outputs, limits = job.compute, job.inputs, job.outputs, job.limits
    # Only a trial that is a job has these to lend.
    if isinstance(trial, CommandJob):
        compute, inputs, outputs = compute or trial.compute, inputs or trial.inputs, outputs or trial.outputs
        limits = _with_trial_timeout(limits, trial.limits)
    check_command(trial.command)
    command = double_braces(trial.command)
    search_space = search_space_to_arm(job.search_space)
    # Here and not when it is submitted: nothing has been uploaded yet, and `to_arm` says it without a workspace.
    check_inputs(command, inputs, search_space)
    component = trial_to_arm(trial, command)
    return present(
        {
            "displayName": job.display_name,
            "description": job.description,
            "experimentName": job.experiment_name,
            "isArchived": False,
            "searchSpace": search_space,
            "samplingAlgorithm": sampling_algorithm_to_arm(job.sampling_algorithm),
            "limits": limits_to_arm(limits),
            "earlyTermination": policy_to_arm(job.early_termination),
            "properties": job.properties and plain_mapping(job.properties, "properties"),
            "computeId": compute,
            "objective": objective_to_arm(job.objective),
            "trial": component,
            "tags": job.tags and plain_mapping(job.tags, "tags"),
            "inputs": inputs_to_arm(inputs),
            "outputs": outputs_to_arm(outputs),
            "identity": identity_to_arm(job.identity),
            "queueSettings": queue_settings_to_arm(job.queue_settings),
            "jobType": SWEEP.name,
            # As the official SDK: previews have resources of the job too, and get the trial's where it has none.
            "resources": resources_to_arm(job.resources) or component.get("resources"),
        }
    )


def sweep_job_from_arm(body: Mapping[str, Any]) -> SweepJob:
    """The sweep job of a body.

    Raises:
        JobParsingError: a part that is not known; the message names it.
    """
    properties = body["properties"]
    return SweepJob(
        name=body.get("name"),
        id=body.get("id"),
        display_name=properties.get("displayName"),
        description=properties.get("description"),
        properties=properties.get("properties"),
        tags=properties.get("tags"),
        experiment_name=properties.get("experimentName"),
        services=services_from_arm(properties.get("services")),
        status=properties.get("status"),
        creation_context=system_data_from_arm(body.get("systemData")),
        trial=trial_from_arm(properties),
        compute=properties.get("computeId"),
        sampling_algorithm=sampling_algorithm_from_arm(properties.get("samplingAlgorithm")),
        search_space=search_space_from_arm(properties.get("searchSpace")),
        limits=sweep_limits_from_arm(properties.get("limits")),
        early_termination=policy_from_arm(properties.get("earlyTermination")),
        objective=objective_from_arm(properties.get("objective")),
        inputs=inputs_from_arm(properties.get("inputs")),
        outputs=outputs_from_arm(properties.get("outputs")),
        identity=identity_from_arm(properties.get("identity")),
        queue_settings=sweep_queue_settings_from_arm(properties.get("queueSettings")),
        resources=sweep_resources_from_arm(properties.get("resources")),
    )


def _with_trial_timeout(limits: Any, trial_limits: JobLimits | None) -> Any:
    """The limits of a sweep, with the timeout of its trial where they have none for trials."""
    if trial_limits and not isinstance(trial_limits, JobLimits):
        raise invalid_value("trial.limits", trial_limits, "CommandJobLimits(timeout=...)", target=ErrorTarget.SWEEP_JOB)
    timeout = getattr(trial_limits, "timeout", None)
    if not timeout or not isinstance(limits, SweepJobLimits | None) or (limits and limits.trial_timeout):
        return limits
    # A copy: translating a job must not change it.
    limits = copied(limits) or SweepJobLimits()
    limits.trial_timeout = timeout
    return limits
