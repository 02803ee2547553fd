"""`/_amlet/<ARM id of a job>/...`: what only an emulator can tell of a job, or do to it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.arm.workspaces import WORKSPACE, workspace_of
from emulator.bodies import Json
from emulator.context import Emulator
from emulator.operations.making import making
from emulator.operations.preemption import preempt

_JOB = f"/_amlet{WORKSPACE}/jobs/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The story of a sweep; how a job was made; the loss of the nodes that a job runs on."""

    async def tell(request: Request) -> Response:
        from emulator.operations.story import story  # brings the engine, which a start does not wait for

        return Json(story(emulator, workspace_of(request), request.path_params["name"]))

    async def take_nodes(request: Request) -> Response:
        preempt(emulator, workspace_of(request), request.state.caller, request.path_params["name"])
        return Response(status_code=202)

    async def list_ingredients(request: Request) -> Response:
        return Json(making(emulator, workspace_of(request), request.path_params["name"]))

    return [
        Route(f"{_JOB}/story", tell),
        Route(f"{_JOB}/making", list_ingredients),
        Route(f"{_JOB}/preempt", take_nodes, methods=["POST"]),
    ]
