"""Submitting a job: translated, checked, its references resolved, sent."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.references import load
from contracts.rules import Finding, Severity, check_job
from gateway import job_types
from gateway.entities.environment import Environment
from gateway.entities.job import Job
from gateway.exceptions import ErrorTarget, UnknownInputError, ValidationException
from gateway.operations import jobs
from gateway.operations.git import git_properties
from gateway.operations.official.entities import taken_job
from gateway.operations.resolve import resolve
from gateway.operations.uploads import OnUpload
from gateway.operations.workspace import Workspace
from gateway.serialization.arm.submission import submission
from gateway.serialization.local_paths import INPUT_NOT_FOUND
from gateway.serialization.validation import client_findings, errors, locate, located
from gateway.transport.steps import Steps


def submit(
    workspace: Workspace, job: Job, changes: Mapping[str, Any], *, validate: bool, on_upload: OnUpload
) -> Steps[dict[str, Any]]:
    """Submit a job and return its ARM document.

    A job that was fetched from the service is updated instead: only some of its fields can change.

    Parameters:
        workspace: where it runs.
        job: the job; it is not changed.
        changes: attributes that count instead of the job's own.
        validate: refuse here what the service would refuse, before anything is uploaded.
        on_upload: called for each upload.

    Raises:
        ValidationException: the job cannot be right.
    """
    # Shallow: only attributes of the job itself are set, and the entity of the caller must stay as it is.
    job = copy.copy(taken_job(job))
    for name, value in changes.items():
        setattr(job, name, value)
    try:
        chosen = submission(job, folder=Path.cwd())
    except UnknownInputError as refused:
        message = f"the job cannot be submitted:\n  {located(job, refused)}"
        raise UnknownInputError(message, target=ErrorTarget.JOB) from None
    if job.id:
        return (yield from jobs.update(workspace, chosen.name, chosen.body))
    # Before anything is resolved: a body that is refused has uploaded nothing.
    if validate:
        refuse(job, chosen.body, chosen.name)
    plain = job.to_job() if hasattr(job, "to_job") else job
    registration = job_types.of_body(chosen.body["properties"])
    resolved = load(registration.resolve) if registration else resolve_job
    body = yield from resolved(workspace, plain, _with_git(chosen.body), on_upload)
    return (yield from jobs.submit(workspace, chosen.name, body))


def resolve_job(workspace: Workspace, job: Job, body: dict[str, Any], on_upload: OnUpload) -> Steps[dict[str, Any]]:
    """The body of a command or sweep job with every reference resolved; parameters and errors as of `resolve`."""
    base = Path(getattr(_component(job), "base_path", None) or job.base_path)
    environment = getattr(_component(job), "environment", None)
    defined = environment if isinstance(environment, Environment) else None
    return (yield from resolve(workspace, body, base, on_upload, _datastores(job), defined))


def _with_git(body: dict[str, Any]) -> dict[str, Any]:
    """The body with git's properties; a job that brings one of them is of another place, and keeps its own."""
    own = body["properties"].get("properties") or {}
    known = git_properties(Path.cwd(), os.environ)
    if known.keys() & own.keys():
        return body
    return {**body, "properties": {**body["properties"], "properties": {**own, **known}}}


def refuse(job: Job, body: Mapping[str, Any], name: str) -> None:
    """Raise what the rules call an error in a job's body, and data that is not there; other warnings pass.

    Raises:
        ValidationException: with a line for each error.
    """
    found = (*check_job(body, name=name), *client_findings(job, body))
    wrong = errors(locate(job, [_as_submitted(one) for one in found]))
    if wrong:
        lines = [str(found) for found in wrong]
        raise ValidationException("the job cannot be submitted:\n  " + "\n  ".join(lines), target=ErrorTarget.JOB)


def _as_submitted(found: Finding) -> Finding:
    """What only may be missing where a file is checked is needed where it is submitted."""
    return replace(found, severity=Severity.ERROR) if found.code == INPUT_NOT_FOUND else found


def _component(job: Any) -> Any:
    """What has code and environment: the trial of a sweep, or the command job itself."""
    return getattr(job, "trial", None) or job


def _datastores(job: Any) -> dict[str, str]:
    """The datastores that local inputs are uploaded to, by the name of the input, where the job says so."""
    inputs = job.inputs or getattr(_component(job), "inputs", None) or {}
    return {name: store for name, entry in inputs.items() if (store := getattr(entry, "datastore", None))}
