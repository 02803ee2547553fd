"""Jobs on the control plane. Answers and headers: recorded, as settled for cases that no recording shows."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.operation_results import cancel_result
from emulator.api.arm.protocol import next_link
from emulator.api.arm.workspaces import WORKSPACE, choices_of, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.services.context import Emulator
from emulator.services.jobs.jobs import JobService

_JOBS = f"{WORKSPACE}/jobs"
_JOB = f"{_JOBS}/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on jobs."""
    handlers = _JobRoutes(emulator, JobService(emulator))
    return [
        Route(_JOB, handlers.get, methods=["GET"]),
        Route(_JOB, handlers.put, methods=["PUT"]),
        Route(_JOBS, handlers.list, methods=["GET"]),
        Route(f"{_JOB}/cancel", handlers.cancel, methods=["POST"]),
        Route(_JOB, handlers.patch, methods=["PATCH"]),
        Route(_JOB, handlers.delete, methods=["DELETE"]),
    ]


class _JobRoutes:
    def __init__(self, emulator: Emulator, service: JobService) -> None:
        self._emulator = emulator
        self._service = service

    async def get(self, request: Request) -> Response:
        name, version = request.path_params["name"], request.state.api_version
        return Json(self._service.get(workspace_of(request), name, api_version=version))

    async def put(self, request: Request) -> Response:
        document, created = await self._service.create(
            workspace_of(request),
            request.path_params["name"],
            await read_json(request, self._emulator.settings.max_body_bytes),
            api_version=request.state.api_version,
            choices=choices_of(request),
        )
        if not created:
            return Json(document)
        return Json(document, 201, {"Location": self._url(request)})

    async def patch(self, request: Request) -> Response:
        body = await read_json(request, self._emulator.settings.max_body_bytes)
        name, version = request.path_params["name"], request.state.api_version
        return Json(await self._service.update(workspace_of(request), name, body, api_version=version))

    async def list(self, request: Request) -> Response:
        page = self._service.page(workspace_of(request), request.query_params, api_version=request.state.api_version)
        content = b'{"value":[%b]' % b",".join(page.documents)
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

    def _url(self, request: Request) -> str:
        return f"{self._emulator.place.https_origin}{request.scope['path']}?api-version={request.state.api_version}"
