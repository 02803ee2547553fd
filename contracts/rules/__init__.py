"""The one layer of rules over a job's ARM body: the client's `validate` prints them, the emulator refuses by them.

A finding is an *error* where the service is known to refuse, or where the job cannot be carried out (a grid over a
continuous range). It is a *warning* where the service accepts the job and something else than meant would happen, or
where nothing is documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.api_version import DEFAULT_API_VERSION
from contracts.job_types import COMMAND, type_of
from contracts.rules.finding import Finding, Node, Severity
from contracts.rules.inputs import check_inputs, check_outputs
from contracts.rules.limits import check_limits
from contracts.rules.members import check_api_version, check_members
from contracts.rules.names import check_experiment_name, check_job_name, check_metadata
from contracts.rules.shape import check_shape
from contracts.rules.trial import check_queue_settings, check_resources

__all__ = ["Finding", "Severity", "check_job"]


def check_job(
    body: Mapping[str, Any], *, api_version: str = DEFAULT_API_VERSION, name: str | None = None
) -> list[Finding]:
    """Everything that is wrong with a job.

    Parameters:
        body: the ARM document, `{"properties": {...}}`; any JSON value is accepted.
        api_version: the one the body is meant for.
        name: the job's name as in the request's path; None leaves the name unchecked.

    Example:
        >>> [finding.code for finding in check_job({"properties": {"jobType": "Command", "environmentId": "e:1"}})]
        ['Missing']
    """
    findings: list[Finding] = []
    document = Node(body, "$", findings)
    properties = document["properties"]
    if name is not None:
        check_job_name(Node(name, "$.name", findings))
    job_type = type_of(properties.value)
    if job_type is not None and job_type.refusal is not None:
        # Its members are those of another type: nothing else could be said of them.
        remedy = f"{job_type.refusal[0].upper()}{job_type.refusal[1:]}."
        properties["jobType"].error("UnservedJob", f"Jobs of type {job_type.name} are not run here.", remedy)
        return findings
    check_shape(document)
    check_members(document, api_version)
    check_experiment_name(properties)
    check_metadata(properties)
    check_inputs(properties["inputs"])
    check_outputs(properties["outputs"])
    check_limits(properties["limits"])
    check_queue_settings(properties["queueSettings"])
    check_resources(properties["resources"])
    check_api_version(properties, api_version)
    # A type that is not known was reported above; what such a body holds is most like a command job.
    check = (job_type or COMMAND).check
    if check is not None:
        check()(properties)
    return findings
