"""Computes on the control plane. Shape: the official example of an AmlCompute."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.services.computes import ComputeService
from emulator.services.context import Emulator

_COMPUTES = f"{WORKSPACE}/computes"
_COMPUTE = f"{_COMPUTES}/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on computes; to make one takes no time, so there is no long-running operation."""
    service = ComputeService(emulator)

    async def get(request: Request) -> Response:
        return Json(service.get(workspace_of(request), request.path_params["name"]))

    async def listing(request: Request) -> Response:
        return Json({"value": service.listing(workspace_of(request)), "nextLink": None})

    async def put(request: Request) -> Response:
        body = await read_json(request, emulator.settings.max_body_bytes)
        document, created = await service.put(workspace_of(request), request.path_params["name"], body)
        return Json(document, 201 if created else 200)

    async def patch(request: Request) -> Response:
        body = await read_json(request, emulator.settings.max_body_bytes)
        return Json(await service.update(workspace_of(request), request.path_params["name"], body))

    async def nodes(request: Request) -> Response:
        return Json({"nodes": service.nodes(workspace_of(request), request.path_params["name"]), "nextLink": None})

    async def delete(request: Request) -> Response:
        found = await service.delete(workspace_of(request), request.path_params["name"])
        return Response(status_code=200 if found else 204)

    return [
        Route(_COMPUTE, get, methods=["GET"]),
        Route(_COMPUTE, put, methods=["PUT"]),
        Route(_COMPUTE, patch, methods=["PATCH"]),
        Route(_COMPUTE, delete, methods=["DELETE"]),
        Route(f"{_COMPUTE}/listNodes", nodes, methods=["POST"]),
        Route(_COMPUTES, listing, methods=["GET"]),
    ]
