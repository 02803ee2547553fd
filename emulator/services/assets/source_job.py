"""A pipeline component that is made from a pipeline job: its steps, and the job's inputs and outputs as declarations.

The official client sends only the job's id (`PipelineComponent(source_job_id=...)`). What the service makes of it is
inferred.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from contracts.resource_id import ResourceId, WorkspaceId
from emulator.services.refusal import job_not_found, user_error
from emulator.storage import jobs
from emulator.storage.jobs import Job

_KEY = "sourceJobId"
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def with_source_job(conn: sqlite3.Connection, workspace: WorkspaceId, given: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a component, with what they leave to the job that they name.

    Parameters:
        workspace: of the component, and of a job that is named without one.
        given: `properties` of the body of a component's version.

    Raises:
        Refusal: 404 for the job; 400 for one that is not a pipeline.
    """
    spec = given.get("componentSpec") or {}
    if not spec.get(_KEY):
        return dict(given)
    job = _pipeline(conn, workspace, str(spec[_KEY]))
    ports = {
        "inputs": {name: _input(value) for name, value in (job.body.get("inputs") or {}).items()},
        "outputs": {name: _output(value) for name, value in (job.body.get("outputs") or {}).items()},
    }
    declared = {key: spec.get(key) or ports[key] for key in ports}
    return {**given, "componentSpec": {**spec, **declared, "jobs": spec.get("jobs") or job.body.get("jobs") or {}}}


def _pipeline(conn: sqlite3.Connection, workspace: WorkspaceId, reference: str) -> Job:
    try:
        identity = ResourceId.parse(reference)
        place, name = identity.workspace, identity.name
    except ValueError:
        place, name = workspace, reference.removeprefix("azureml:")
    job = jobs.find(conn, place, name)
    if job is None:
        raise job_not_found(name)
    if not job.has_steps:
        raise user_error(f"Job {name} is a {job.type} job; a component is made from a pipeline job.", target=_KEY)
    return job


def _input(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {"type": _literal_type(value), "default": value}
    kind = value.get("jobInputType")
    if kind == "literal":
        return {"type": _literal_type(value.get("value")), "default": value.get("value")}
    return {"type": kind}


def _output(value: Any) -> dict[str, Any]:
    kind = value.get("jobOutputType") if isinstance(value, Mapping) else None
    return {"type": kind or "uri_folder"}


def _literal_type(value: Any) -> str:
    """The type of a value, which a job's body has as text."""
    text = str(value)
    if text.lower() in ("true", "false"):
        return "boolean"
    if _INTEGER.fullmatch(text):
        return "integer"
    return "number" if _NUMBER.fullmatch(text) else "string"
