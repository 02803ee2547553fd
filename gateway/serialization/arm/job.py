"""Jobs of any kind to their bodies and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from contracts.api_version import DEFAULT_API_VERSION, without_unsupported
from contracts.references import load
from gateway import job_types
from gateway.builders.node import Node
from gateway.entities.job import Job
from gateway.exceptions import ErrorTarget, JobException, JobParsingError, ValidationException


def to_arm(job: Job, *, api_version: str = DEFAULT_API_VERSION) -> dict[str, Any]:
    """The ARM body of a job, as the official SDK makes it: no generated names, ids as they were given.

    Parameters:
        job: a SweepJob, a CommandJob, or what `command(...)` and `.sweep(...)` return.
        api_version: the version it will be sent with; a field that this version cannot carry is left out with a
            UserWarning that names it.

    Raises:
        ValidationException: a part of the job that cannot be sent; the message names it.
        JobException: a job of another kind.
        ValueError: the api_version is not a date such as `2025-12-01` or `2024-01-01-preview`.

    Example:
        >>> from gateway import command
        >>> to_arm(command(command="echo hello", environment="base:1"))["properties"]["jobType"]
        'Command'
    """
    properties = _properties(job)
    if api_version != DEFAULT_API_VERSION:
        properties = _fitting(properties, api_version)
    return {"properties": properties}


def to_arm_json(job: Job, *, api_version: str = DEFAULT_API_VERSION) -> bytes:
    """The body of `to_arm` as JSON text, keys in the official SDK's order; parameters and errors as there."""
    body = to_arm(job, api_version=api_version)
    try:
        return _to_json()(body, inf_nan_mode="constants")
    except ValueError:
        # Half of a surrogate pair cannot be UTF-8, but JSON can spell it.
        return json.dumps(body).encode()


def from_arm(body: Mapping[str, Any]) -> Job:
    """The job of an ARM resource as the service answers it; unknown keys are passed over.

    Parameters:
        body: the resource: `{"id", "name", "properties", "systemData"}`.

    Raises:
        JobParsingError: no resource of a job, or one with a part that is not known.
        JobException: a job of a type that has no registration in `gateway.job_types`.
    """
    properties = body.get("properties") if isinstance(body, Mapping) else None
    if not isinstance(properties, Mapping):
        name = (isinstance(body, Mapping) and (body.get("id") or body.get("name"))) or "the body"
        raise JobParsingError(
            f"{name} has no properties: it is not a job, or a child of a pipeline.", target=ErrorTarget.JOB
        )
    registration = job_types.of_body(properties)
    if registration is None and isinstance(run := body.get("run"), Mapping):
        raise JobException(
            f"{body.get('name')} is a step of {run.get('parentRunId')}: ARM tells nothing of it, so that it cannot be "
            "exported or submitted alone. Name the pipeline.",
            target=ErrorTarget.JOB,
        )
    if registration is None:
        known = " and ".join(sorted(job_type.name for job_type in job_types.CLIENT_JOB_TYPES))
        raise JobException(
            f"Unsupported job type {properties.get('jobType')}; amlet reads {known} jobs.", target=ErrorTarget.JOB
        )
    try:
        read: Job = load(registration.from_arm)(body)
        return read
    except (AttributeError, TypeError, ValueError, ValidationException) as error:
        message = _wrong_types(body) or f"the job cannot be read: {error}"
        raise JobParsingError(message, target=ErrorTarget.JOB) from error


def _wrong_types(body: Mapping[str, Any]) -> str:
    """The parts of a body that have another JSON type than they should; looked for only when reading has failed."""
    from contracts.rules import check_job

    return " ".join(f"{found.path}: {found.message}" for found in check_job(body) if found.severity == "error")


@cache
def _to_json() -> Callable[..., bytes]:
    """The fast encoder; looked up late, because most that import this module never need it."""
    from pydantic_core import to_json

    return to_json


def _properties(job: Job) -> dict[str, Any]:
    plain = job.to_job() if isinstance(job, Node) else job
    registration = job_types.of_entity(plain)
    if registration is None:
        raise JobException(f"{type(job).__name__} cannot be submitted; give a {job_types.entity_names()}.")
    made: dict[str, Any] = load(registration.to_arm)(plain)
    return made


def _fitting(properties: dict[str, Any], api_version: str) -> dict[str, Any]:
    import warnings

    kept, lost = without_unsupported(properties, api_version)
    for path in lost:
        warnings.warn(f"api-version {api_version} has no {path}; it is left out of the body.", stacklevel=3)
    return kept
