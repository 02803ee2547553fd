"""Jobs on the control plane. Answers and headers: recorded, as settled for cases that no recording shows.

GET and PUT of one job, which clients send most, are answered as plain ASGI; `emulator.api.direct` finds them first.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from emulator.api.arm.operation_results import cancel_result
from emulator.api.arm.protocol import next_link
from emulator.api.arm.workspaces import WORKSPACE, choices_in, workspace_in, workspace_of
from emulator.api.bodies import Json, json_of, read_json, receive_bytes, send_json
from emulator.services.context import Emulator
from emulator.services.jobs.jobs import JobService

_JOBS = f"{WORKSPACE}/jobs"
#: The path of one job.
JOB = f"{_JOBS}/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on jobs."""
    service = JobService(emulator)
    handlers = _JobRoutes(emulator, service)
    return [
        Route(JOB, GetJob(service), methods=["GET"]),
        Route(JOB, PutJob(emulator, service), methods=["PUT"]),
        Route(_JOBS, handlers.list, methods=["GET"]),
        Route(f"{JOB}/cancel", handlers.cancel, methods=["POST"]),
        Route(JOB, handlers.patch, methods=["PATCH"]),
        Route(JOB, handlers.delete, methods=["DELETE"]),
    ]


class GetJob:
    """The document of a job.

    Parameters:
        service: has the jobs.
    """

    def __init__(self, service: JobService) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        params, version = scope["path_params"], scope["state"]["api_version"]
        await send_json(send, self._service.get(workspace_in(params), params["name"], api_version=version))


class PutJob:
    """A new job, or what may change on the one of that name.

    Parameters:
        emulator: has the settings.
        service: has the jobs.
    """

    def __init__(self, emulator: Emulator, service: JobService) -> None:
        self._limit, self._origin = emulator.settings.max_body_bytes, emulator.place.https_origin
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        params, version = scope["path_params"], scope["state"]["api_version"]
        document, created = await self._service.create(
            workspace_in(params),
            params["name"],
            json_of(await receive_bytes(receive, self._limit)),
            api_version=version,
            choices=choices_in(scope["headers"]),
        )
        if created:
            url = f"{self._origin}{scope['path']}?api-version={version}"
            await send_json(send, document, 201, [(b"location", url.encode("latin-1"))])
        else:
            await send_json(send, document)


class _JobRoutes:
    def __init__(self, emulator: Emulator, service: JobService) -> None:
        self._emulator = emulator
        self._service = service

    async def patch(self, request: Request) -> Response:
        body = await read_json(request, self._emulator.settings.max_body_bytes)
        name, version = request.path_params["name"], request.state.api_version
        return Json(await self._service.update(workspace_of(request), name, body, api_version=version))

    async def list(self, request: Request) -> Response:
        page = self._service.page(workspace_of(request), request.query_params, api_version=request.state.api_version)
        content = b'{"value":[%b]' % page.documents
        if page.following is not None:
            link = Json(next_link(self._emulator, request, page.following)).body
            content += b',"nextLink":%b' % bytes(link)
        return Json(content + b"}")

    async def cancel(self, request: Request) -> Response:
        workspace, name = workspace_of(request), request.path_params["name"]
        await self._service.cancel(workspace, name)
        return Json(None, 202, cancel_result(self._emulator, workspace, name, request.state.api_version))

    async def delete(self, request: Request) -> Response:
        found = await self._service.delete(workspace_of(request), request.path_params["name"])
        return Response(status_code=200 if found else 204)
