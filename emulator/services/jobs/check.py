"""What is refused when a job is PUT."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from contracts.arm.jobs import JobBase
from contracts.job_types import RefusedJobType
from contracts.rules import Finding, Severity, check_job
from contracts.rules.finding import Node
from contracts.rules.members import UnknownMember, unknown_members
from emulator.job_types import parts_of
from emulator.services.refusal import Refusal, user_error

#: Errors of a job that the service accepts all the same (recorded): `amlet job validate` alone refuses them.
_LEFT_TO_VALIDATE = frozenset({"UndefinedParameter"})

_REQUEST_INVALID = "Request is invalid and/or missing fields."

_log = logging.getLogger(__name__)


def checked(body: Any, name: str, api_version: str) -> Mapping[str, Any]:
    """The `properties` of a body that can be stored.

    Raises:
        Refusal: what `contracts.rules` calls an error, with ARM's `details` when there are several.
    """
    properties = properties_of(body)
    job_type = properties.get("jobType")
    if isinstance(job_type, str):
        try:
            parts_of(job_type)
        except RefusedJobType as error:
            raise user_error(str(error), target="properties.jobType") from None
    if unknown := unknown_members(Node(body, "$", []), api_version):
        raise _request_invalid(unknown)
    findings = check_job(body, api_version=api_version, name=name)
    errors = [
        _refusal(finding)
        for finding in findings
        if finding.severity is Severity.ERROR and finding.code not in _LEFT_TO_VALIDATE
    ]
    if errors:
        first = errors[0]
        raise Refusal(400, "UserError", first.message, target=first.target, details=errors[1:])
    for finding in findings:
        _log.info("job %s: %s", name, finding)
    return properties


def checked_changes(body: Any) -> Mapping[str, Any]:
    """The `properties` of a PATCH.

    Raises:
        Refusal: a value of a wrong type.
    """
    properties = properties_of(body)
    try:
        JobBase.model_validate(properties, strict=True)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise user_error(f"properties.{where}: {error.errors()[0]['msg']}.", target=f"properties.{where}") from None
    return properties


def properties_of(body: Any) -> Mapping[str, Any]:
    """`properties` of an ARM body.

    Raises:
        Refusal: the body is not such an object.
    """
    properties = body.get("properties") if isinstance(body, dict) else None
    if not isinstance(properties, dict):
        raise user_error('The body must be a JSON object {"properties": {...}}.', target="properties")
    return properties


def _request_invalid(unknown: Sequence[UnknownMember]) -> Refusal:
    """Source: recorded at 2025-01-01-preview."""
    return Refusal(
        400,
        "UserError",
        _REQUEST_INVALID,
        details=[Refusal(400, "RequestInvalid", one.message) for one in unknown],
        inner=("RequestInvalid",),
        message_format=_REQUEST_INVALID,
    )


def _refusal(finding: Finding) -> Refusal:
    path = finding.path.removeprefix("$.")
    where = "" if "Field: " in finding.message else f"{path.removeprefix('properties.')}: "
    return user_error(f"{where}{finding.message} {finding.remedy}", target=path)
