"""Jobs as ARM documents: submit, get, list, cancel, archive, delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contracts.api_version import DEFAULT_API_VERSION
from contracts.resource_id import short_name
from gateway import exceptions, job_types
from gateway.exceptions import JobException
from gateway.operations.workspace import COMPUTE_LISTS, JOB_ACTIONS, JOBS, Workspace
from gateway.transport.calls import read_json, send
from gateway.transport.hints import nearest
from gateway.transport.long_running import Operation, begin
from gateway.transport.messages import Request
from gateway.transport.steps import Steps

if TYPE_CHECKING:
    from gateway.transport.http_errors import HttpResponseError, ServiceRequestError

#: How often a job is sent whose answer is lost, and which is not there afterwards.
_SUBMISSIONS = 3

_PATCHABLE = ("displayName", "description", "tags", "properties")


def _path(name: str) -> str:
    return f"/jobs/{quote(name, safe='')}"


def get(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """The ARM document of a job; for a child of a pipeline, with what run history knows of it, which is under `run`.

    Source: recorded; ARM answers a child without properties, and the official client reads run history then.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such job.
    """
    document: dict[str, Any] = yield from read_json(workspace.arm("GET", _path(name), JOBS))
    if document.get("properties") is None:
        child = yield from run(workspace, name)
        known = ("status", "displayName", "description", "tags", "properties")
        document |= {"properties": {key: child.get(key) for key in known}, "run": child}
    return document


def run(workspace: Workspace, name: str) -> Steps[dict[str, Any]]:
    """Run history's document of a job, with its outputs.

    Raises:
        gateway.exceptions.ResourceNotFoundError: there is no such run.
    """
    request = yield from workspace.history("GET", f"/runs/{quote(name, safe='')}")
    document: dict[str, Any] = yield from read_json(request)
    return document


def version_of(body: Mapping[str, Any]) -> str:
    """The api-version with which a job is sent: that of the official client, unless it would refuse a member.

    The official client sends a command whose output has `assetVersion` with 2025-01-01-preview, and is refused
    (recorded).

    Parameters:
        body: the submission body.
    """
    from contracts.rules.finding import Node  # submitting is what needs the rules, reading jobs is not
    from contracts.rules.members import unknown_members

    registration = job_types.of_body(body["properties"])
    version = registration.api_version if registration else JOBS
    return DEFAULT_API_VERSION if unknown_members(Node(body, "$", []), version) else version


def submit(workspace: Workspace, name: str, body: Mapping[str, Any]) -> Steps[dict[str, Any]]:
    """Create a job, or update what may be updated of one, and return its ARM document.

    When the answer is lost or damaged in transit, the job is looked up by its name before it is sent again: there are
    never two. A job that acts as its user, as pipelines do, takes the user's token along.

    Parameters:
        name: name of the job.
        body: the submission body, references resolved.

    Raises:
        JobException: the answer was lost, and another job has the name.
        gateway.exceptions.HttpResponseError: the service refused.
        gateway.exceptions.ServiceRequestError: no answer came, and whether the job exists could not be found out.
    """
    registration = job_types.of_body(body["properties"])
    # The transport must not repeat it: only here is the job looked up before it is sent again.
    request = workspace.arm("PUT", _path(name), version_of(body), body=body, resend=False)
    as_user = (body["properties"].get("identity") or {}).get("identityType") == "UserIdentity"
    if as_user or (registration and registration.acts_as_user):
        request = replace(request, user_audience=workspace.endpoints.user_audience)
    for _ in range(_SUBMISSIONS):
        try:
            document: dict[str, Any] = yield from read_json(request)
            return document
        except exceptions.ServiceRequestError as lost:  # looked up only now: azure-core is slow to import
            trouble: HttpResponseError | ServiceRequestError = lost
        except exceptions.HttpResponseError as refused:
            # The service has decided. Any other answer (502 of a proxy, 408) may come after the job was made.
            if refused.status and 300 <= refused.status < 500 and refused.status != 408:
                yield from _explain(workspace, refused, body["properties"])
                raise
            trouble = refused
        found: dict[str, Any] | None = yield from _look_up(workspace, name, trouble)
        if found is not None:
            if not same_job(found.get("properties") or {}, body["properties"]):
                raise JobException(
                    f"the answer to submitting {name} was lost, and another job has this name; choose another"
                ) from trouble
            return found
    raise trouble


def _look_up(workspace: Workspace, name: str, trouble: HttpResponseError | ServiceRequestError) -> Steps[Any]:
    """The job whose answer was lost, or None; when that cannot be found out either, the first trouble counts."""
    try:
        return (yield from get(workspace, name))
    except exceptions.ResourceNotFoundError:
        return None
    except (exceptions.HttpResponseError, exceptions.ServiceRequestError) as error:
        trouble.advise(
            f"whether job {name} was created is not known. Look before you repeat: amlet job show -n {name}. "
            "Submitting it again under the same name does no harm"
        )
        raise trouble from error


def _explain(workspace: Workspace, refused: HttpResponseError, properties: Mapping[str, Any]) -> Steps[None]:
    """Add to a refusal that may be about the compute which computes there are, unless there is one of that name."""
    compute = short_name(str(properties.get("computeId") or ""))
    if not compute or refused.status not in (400, 404) or "compute" not in str(refused).lower():
        return
    try:
        listed = yield from read_json(workspace.arm("GET", "/computes", COMPUTE_LISTS))
        names = [str(entry["name"]) for entry in listed["value"]]
    except (exceptions.HttpResponseError, exceptions.ServiceRequestError, KeyError, TypeError):
        return
    if compute.lower() not in {name.lower() for name in names}:
        refused.advise(nearest(compute, names, "compute"))


def same_job(found: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether a job that was looked up is the one that was sent, by the fields that the service returns unchanged.

    Parameters:
        found: `properties` of the service's document.
        sent: those of the submission body.
    """
    return all(_known(theirs) == _known(ours) for theirs, ours in _comparable(found, sent) if theirs is not None)


def _comparable(found: Mapping[str, Any], sent: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    for key in ("jobType", "displayName", "experimentName", "command", "codeId", "computeId", "searchSpace"):
        yield found.get(key), sent.get(key)
    for part, keys in (("trial", ("command", "codeId")), ("objective", ("primaryMetric", "goal"))):
        theirs, ours = found.get(part) or {}, sent.get(part) or {}
        yield from ((theirs.get(key), ours.get(key)) for key in keys)


def _known(value: Any) -> Any:
    """Text as the service may spell it: it answers `Maximize` to `maximize`, and ids in a case of its own."""
    return value.lower() if isinstance(value, str) else value


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
    if "run" in document:
        raise JobException(f"{name} is a step of pipeline {document['run'].get('rootRunId')}; it cannot be changed.")
    experiment = (document.get("properties") or {}).get("experimentName") or "Default"
    path = f"/experiments/{quote(experiment, safe='')}/runs/{quote(name, safe='')}"
    yield from send((yield from workspace.history("PATCH", path, body=dict(changes))))


def changes_in(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a job that may change, as far as they are given.

    Raises:
        JobException: none is.
    """
    changes = {key: properties[key] for key in _PATCHABLE if properties.get(key) is not None}
    if not changes:
        raise JobException(f"nothing to update of job {name}: only {', '.join(_PATCHABLE)} can change")
    return changes


def update(workspace: Workspace, name: str, body: Mapping[str, Any]) -> Steps[dict[str, Any]]:
    """Send the changeable fields of a job that exists, and return its ARM document afterwards.

    Raises:
        JobException: the body has none of them.
    """
    yield from change_run(workspace, name, changes_in(name, body["properties"]))
    return (yield from get(workspace, name))
