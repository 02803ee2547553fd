"""Checks the requests of the studio: which workspace or job they are about, and whether they are allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from contracts.resource_id import WorkspaceId
from emulator.services.context import Emulator
from emulator.storage import jobs
from emulator.storage.jobs import Job
from emulator.studio.access import may_change, may_see, remember

_NO_KEY = (
    "This page needs its key",
    "Open it by the Web View link that amlet printed, or run: amlet job show NAME --emulator --web",
)
_NO_WORKSPACE = (
    "No workspace is named",
    "The address lacks ?wsid=/subscriptions/.../resourcegroups/.../workspaces/..., as amlet's links have it.",
)


class WorkspaceRequest(NamedTuple):
    """A request about a workspace."""

    request: Request
    workspace: WorkspaceId


class JobRequest(NamedTuple):
    """A request about a job."""

    request: Request
    job: Job


class Guard:
    """Lets requests with the page key read, and requests from a job's own page change that job.

    Parameters:
        emulator: whose pages these are.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def workspace(self, handler: Callable[[WorkspaceRequest], Response]) -> Callable[[Request], Response]:
        """A handler for requests that may read, given the workspace."""

        def answer(request: Request) -> Response:
            secrets = self._emulator.secrets
            if not may_see(request, secrets, self._emulator.clock.now()):
                return _message(403, *_NO_KEY)
            workspace = _workspace_of(request)
            if workspace is None:
                return _message(404, *_NO_WORKSPACE)
            response = handler(WorkspaceRequest(request, workspace))
            remember(request, response, secrets.page_session)
            return response

        return answer

    def job(self, handler: Callable[[JobRequest], Response]) -> Callable[[Request], Response]:
        """A handler for requests that may read, given the job that the path names."""

        def with_job(wanted: WorkspaceRequest) -> Response:
            job = self._find(wanted.request, wanted.workspace)
            return _no_job(wanted.request) if job is None else handler(JobRequest(wanted.request, job))

        return self.workspace(with_job)

    def change(self, handler: Callable[[JobRequest], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """A handler that changes a job, for requests of that job's own page."""

        async def answer(request: Request) -> Response:
            emulator, workspace = self._emulator, _workspace_of(request)
            name = request.path_params["name"]
            secrets, now = emulator.secrets, emulator.clock.now()
            if workspace is None or not may_change(
                request, secrets.page_session, secrets.page_action_key, workspace, name, now
            ):
                return _message(403, "This page may change nothing any more", "Reload it, and try again.")
            job = self._find(request, workspace)
            return _no_job(request) if job is None else await handler(JobRequest(request, job))

        return answer

    def _find(self, request: Request, workspace: WorkspaceId) -> Job | None:
        return jobs.find(self._emulator.store.reader(), workspace, request.path_params["name"])


def _no_job(request: Request) -> Response:
    name = request.path_params["name"]
    return _message(404, f"Job {name} not found", "Nothing of that name is in this workspace of the emulator.")


def _message(status: int, title: str, remedy: str) -> Response:
    from emulator.studio.answers import message  # brings jinja2, which a start does not wait for

    return message(status, title, remedy)


def _workspace_of(request: Request) -> WorkspaceId | None:
    try:
        return WorkspaceId.parse(request.query_params.get("wsid", ""))
    except ValueError:
        return None
