"""Workspaces: GET and list; and the workspace that a path names."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.bodies import Json
from emulator.context import Emulator
from emulator.operations import workspaces

#: The path of a workspace; what lives in it goes on from here.
WORKSPACE = f"/subscriptions/{{subscription}}/resourceGroups/{{group}}/providers/{PROVIDER}/workspaces/{{workspace}}"

_SUBSCRIPTION = f"/subscriptions/{{subscription}}/providers/{PROVIDER}/workspaces"
_GROUP = f"/subscriptions/{{subscription}}/resourceGroups/{{group}}/providers/{PROVIDER}/workspaces"


def workspace_of(request: Request) -> WorkspaceId:
    """The workspace in the path of a request whose route begins with `WORKSPACE`."""
    params = request.path_params
    return _workspace(params["subscription"], params["group"], params["workspace"])


_workspace = lru_cache(maxsize=256)(WorkspaceId)


def routes(emulator: Emulator) -> list[BaseRoute]:
    """GET of one, list of a resource group, list of a subscription."""

    async def get(request: Request) -> Response:
        return Json(workspaces.document(emulator, workspace_of(request)))

    async def listing(request: Request) -> Response:
        params = request.path_params
        return Json({"value": workspaces.documents(emulator, params["subscription"], params.get("group"))})

    return [Route(WORKSPACE, get), Route(_GROUP, listing), Route(_SUBSCRIPTION, listing)]
