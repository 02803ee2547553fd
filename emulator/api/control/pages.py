"""`/_amlet/<ARM id of a workspace>/studio`: where its pages are, for whoever has no job whose link would lead there."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.studio import workspace_url
from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json
from emulator.services.context import Emulator


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The link to the home page of a workspace, with the page key."""

    async def tell(request: Request) -> Response:
        home = workspace_url(f"{emulator.place.https_origin}/", workspace_of(request))
        return Json({"endpoint": f"{home}&key={emulator.secrets.page_key}"})

    return [Route(f"/_amlet{WORKSPACE}/studio", tell, methods=["GET"])]
