"""Jobs as ARM documents: submit, get, list, cancel, archive, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gateway import exceptions
from gateway.exceptions import JobException
from gateway.operations.workspace import COMMANDS, JOB_ACTIONS, JOBS, Workspace
from gateway.transport.calls import Operation, begin, read_json, send
from gateway.transport.messages import Request
from gateway.transport.steps import Steps

_PATCHABLE = ("displayName", "description", "tags", "properties")


def _path(name: str) -> str:
    return f"/jobs/{quote(name, safe='')}"


def get(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """The ARM document of a job.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
    """
    document: dict[str, Any] = yield from read_json(workspace.arm("GET", _path(name), JOBS))
    return document


def submit(workspace: Workspace, name: str, body: Mapping[str, Any]) -> Steps[dict[str, Any]]:
    """Create a job, or update what may be updated of one, and return its ARM document.

    When the answer is lost or spoilt on the way, the job is looked up by its name before it is sent again: never are
    there two.

    Parameters:
        name: name of the job.
        body: the submission body, references resolved.

    Raises:
        JobException: the answer was lost, and another job has the name.
    """
    version = COMMANDS if body["properties"].get("jobType") == "Command" else JOBS
    request = workspace.arm("PUT", _path(name), version, body=body, resend=False)
    try:
        document: dict[str, Any] = yield from read_json(request)
        return document
    except exceptions.ServiceRequestError as lost:  # looked up only now: azure-core is slow to import
        trouble: Exception = lost
    except exceptions.HttpResponseError as refused:
        if refused.status_code is not None and 300 <= refused.status_code < 500:
            raise
        trouble = refused
    try:
        document = yield from get(workspace, name)
    except exceptions.ResourceNotFoundError:
        document = yield from read_json(request)
        return document
    if not _same_job(document.get("properties") or {}, body["properties"]):
        raise JobException(
            f"the answer to submitting {name} was lost, and another job has this name; choose another"
        ) from trouble
    return document


def _same_job(found: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether a job that was looked up is the one that was sent, by what the service leaves as it is."""
    keys = ("jobType", "displayName", "experimentName", "command", "searchSpace", "objective")
    return all(found[key] == sent.get(key) for key in keys if found.get(key) is not None)


def first_page(
    workspace: Workspace, *, view: str = "ActiveOnly", tag: str | None = None, kind: str | None = None
) -> Request:
    """The request for the first page of a workspace's jobs, newest first.

    Parameters:
        view: `ActiveOnly`, `ArchivedOnly` or `All`.
        tag: only jobs with this tag.
        kind: only jobs of this type (`Sweep`, `Command`).
    """
    filters = {"listViewType": view, "tag": tag, "jobType": kind}
    return workspace.arm("GET", "/jobs", JOBS, params={key: text for key, text in filters.items() if text})


def first_page_of_trials(workspace: Workspace, parent: str, limit: int | None = None) -> Steps[Request]:
    """The request for the first page of a sweep's trials, as runs of run history."""
    params = {"$top": str(limit)} if limit else {}
    return (yield from workspace.history("GET", f"/runs/{quote(parent, safe='')}/children", params=params))


def begin_cancel(workspace: Workspace, name: str) -> Steps[Operation]:
    """Ask for a job to be canceled."""
    return (yield from begin(workspace.arm("POST", f"{_path(name)}/cancel", JOB_ACTIONS, resend=True)))


def begin_delete(workspace: Workspace, name: str) -> Steps[Operation]:
    """Delete a job that has ended."""
    return (yield from begin(workspace.arm("DELETE", _path(name), JOB_ACTIONS)))


def details(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """Run history's view of a job: status, log files with their URLs, warnings, error."""
    request = yield from workspace.history("GET", f"/runs/{quote(name, safe='')}/details")
    document: dict[str, Any] = yield from read_json(request)
    return document


def change_run(workspace: Workspace, name: str, changes: Mapping[str, Any]) -> Steps[None]:
    """Change what run history lets change: `hidden`, `displayName`, `description`, `tags`, `properties` (merged)."""
    document = yield from get(workspace, name)
    experiment = (document.get("properties") or {}).get("experimentName") or "Default"
    path = f"/experiments/{quote(experiment, safe='')}/runs/{quote(name, safe='')}"
    yield from send((yield from workspace.history("PATCH", path, body=dict(changes))))


def update(workspace: Workspace, name: str, body: Mapping[str, Any]) -> Steps[dict[str, Any]]:
    """Send the changeable fields of a job that exists, and return its ARM document afterwards.

    Raises:
        JobException: the body has none of them.
    """
    changes = {key: body["properties"][key] for key in _PATCHABLE if body["properties"].get(key) is not None}
    if not changes:
        raise JobException(f"nothing to update of job {name}: only {', '.join(_PATCHABLE)} can change")
    yield from change_run(workspace, name, changes)
    return (yield from get(workspace, name))
