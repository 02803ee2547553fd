"""Datastores on the control plane. Shape: the official examples."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.protocol import location, paged
from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.services.context import Emulator
from emulator.services.datastores import DatastoreService

_DATASTORES = f"{WORKSPACE}/datastores"
_DATASTORE = f"{_DATASTORES}/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """GET, list, PUT, DELETE and listSecrets."""
    service = DatastoreService(emulator)

    async def get(request: Request) -> Response:
        return Json(service.get(workspace_of(request), request.path_params["name"]))

    async def listing(request: Request) -> Response:
        count = request.query_params.get("count", "")
        size = int(count) if count.isdecimal() and count != "0" else emulator.settings.page_size
        return Json(paged(emulator, request, service.listing(workspace_of(request), request.query_params), size))

    async def put(request: Request) -> Response:
        body = await read_json(request, emulator.settings.max_body_bytes)
        document, created = await service.put(workspace_of(request), request.path_params["name"], body)
        return Json(document, 201 if created else 200, location(emulator, request))

    async def delete(request: Request) -> Response:
        found = await service.delete(workspace_of(request), request.path_params["name"])
        return Response(status_code=200 if found else 204)

    async def list_secrets(request: Request) -> Response:
        body = await read_json(request, emulator.settings.max_body_bytes)
        return Json(service.secrets(workspace_of(request), request.path_params["name"], body))

    return [
        Route(f"{_DATASTORE}/listSecrets", list_secrets, methods=["POST"]),
        Route(_DATASTORE, get, methods=["GET"]),
        Route(_DATASTORE, put, methods=["PUT"]),
        Route(_DATASTORE, delete, methods=["DELETE"]),
        Route(_DATASTORES, listing, methods=["GET"]),
    ]
