"""A job as text: the submission body as JSON, a curl command that sends it, or the job's file."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path
from typing import Any

from contracts.api_version import DEFAULT_API_VERSION
from contracts.resource_id import WorkspaceId
from gateway.entities.job import Job
from gateway.serialization.arm.submission import submission
from gateway.serialization.yaml import dump


def arm(job: Job, *, folder: Path, api_version: str = DEFAULT_API_VERSION) -> str:
    """The body with which the job is submitted, ids as they were given.

    Parameters:
        job: the job; not changed.
        folder: the current folder, after which a job without an experiment is called.
        api_version: the version it is to be sent with.
    """
    return json.dumps(submission(job, folder=folder, api_version=api_version).body, indent=2) + "\n"


_ELSEWHERE = WorkspaceId("SUBSCRIPTION", "RESOURCE_GROUP", "WORKSPACE")


def curl(
    job: Job,
    *,
    folder: Path,
    workspace: WorkspaceId | None = None,
    origin: str = "https://management.azure.com",
    api_version: str = DEFAULT_API_VERSION,
) -> str:
    """A command for a POSIX shell; the token is taken from the variable TOKEN, nothing secret is written.

    Parameters:
        job: the job; not changed.
        folder: the current folder, after which a job without an experiment is called.
        workspace: where it goes; placeholders when left out.
        origin: scheme, host and port of the service or of an emulator.
        api_version: the version it is sent with.
    """
    name, body = submission(job, folder=folder, api_version=api_version)
    url = f"{origin.rstrip('/')}{(workspace or _ELSEWHERE).child('jobs', name)}?api-version={api_version}"
    arguments = [
        'curl --fail-with-body -X PUT -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"',
        shlex.quote(url),
        f"--data-raw {shlex.quote(json.dumps(body))}",
    ]
    notes = ["# TOKEN=$(az account get-access-token --query accessToken -o tsv)"]
    if local := _local(body):
        notes.append(f"# first upload or register, and put its id instead: {', '.join(local)}")
    return "\n".join([*notes, " \\\n  ".join(arguments)]) + "\n"


def _local(body: dict[str, Any]) -> list[str]:
    """What means something on this machine alone."""
    properties = body["properties"]
    holder = properties.get("trial") or properties
    places = {"code": holder.get("codeId"), "environment": holder.get("environmentId")}
    return [
        f"{what} {shlex.quote(value)}".replace("\n", " ")
        for what, value in places.items()
        if isinstance(value, str) and not value.startswith(("/subscriptions/", "azureml:"))
    ]


def yaml(job: Job) -> str:
    """What `job.dump` writes."""
    stream = io.StringIO()
    dump(job, stream)
    return stream.getvalue()
