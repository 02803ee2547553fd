"""Computes on the control plane. Answers: recorded for an AmlCompute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.api.arm.protocol import paged
from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.clock import iso
from emulator.services.computes import Absent, ComputeService
from emulator.services.context import Emulator

_COMPUTES = f"{WORKSPACE}/computes"
_COMPUTE = f"{_COMPUTES}/{{name}}"
_OPERATION = (
    f"/subscriptions/{{subscription}}/providers/{PROVIDER}/locations/{{location}}/computeOperationsStatus/{{operation}}"
)
_Handler = Callable[[Request], Awaitable[Response]]


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on computes; those that the service takes time for are done when their status is asked."""
    service = ComputeService(emulator)

    def begun(workspace: WorkspaceId) -> dict[str, str]:
        """The header that says where an operation can be followed."""
        operation, settings = emulator.ids.uuid("operation"), emulator.settings
        path = _OPERATION.format(subscription=workspace.subscription, location=settings.region, operation=operation)
        return {"Azure-AsyncOperation": f"{emulator.place.https_origin}{path}?api-version=2023-08-01-preview"}

    async def get(request: Request) -> Response:
        return Json(service.get(workspace_of(request), request.path_params["name"]))

    async def listing(request: Request) -> Response:
        found = service.listing(workspace_of(request))
        return Json(paged(emulator, request, found, emulator.settings.page_size))

    async def put(request: Request) -> Response:
        body, workspace = await read_json(request, emulator.settings.max_body_bytes), workspace_of(request)
        document, created = await service.put(workspace, request.path_params["name"], body)
        return Json(document, 201 if created else 200, begun(workspace))

    async def patch(request: Request) -> Response:
        body = await read_json(request, emulator.settings.max_body_bytes)
        return Json(await service.update(workspace_of(request), request.path_params["name"], body))

    async def nodes(request: Request) -> Response:
        return Json({"nodes": service.nodes(workspace_of(request), request.path_params["name"]), "nextLink": None})

    async def delete(request: Request) -> Response:
        workspace = workspace_of(request)
        if not await service.delete(workspace, request.path_params["name"]):
            return Response(status_code=204)
        return Response(status_code=202, headers=begun(workspace))

    def switching(*, running: bool) -> _Handler:
        async def switch(request: Request) -> Response:
            workspace = workspace_of(request)
            await service.switch(workspace, request.path_params["name"], running=running)
            return Response(status_code=202, headers=begun(workspace))

        return switch

    async def status(request: Request) -> Response:
        now = iso(emulator.clock.now())
        operation = request.path_params["operation"]
        return Json({"id": operation, "name": operation, "status": "Succeeded", "startTime": now, "endTime": now})

    return [
        Route(_COMPUTE, _or_nothing(get), methods=["GET"]),
        Route(_COMPUTE, put, methods=["PUT"]),
        Route(_COMPUTE, _or_nothing(patch), methods=["PATCH"]),
        Route(_COMPUTE, delete, methods=["DELETE"]),
        Route(f"{_COMPUTE}/listNodes", _or_nothing(nodes), methods=["POST"]),
        Route(f"{_COMPUTE}/start", switching(running=True), methods=["POST"]),
        Route(f"{_COMPUTE}/restart", switching(running=True), methods=["POST"]),
        Route(f"{_COMPUTE}/stop", switching(running=False), methods=["POST"]),
        Route(_COMPUTES, listing, methods=["GET"]),
        Route(_OPERATION, status, methods=["GET"]),
    ]


def _or_nothing(handler: _Handler) -> _Handler:
    """Answer for a compute that is not there: 404 without a body (recorded)."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Absent:
            return Response(status_code=404)

    return answer
