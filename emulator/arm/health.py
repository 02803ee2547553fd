"""`/_amlet/health` and `/_amlet/ready`: whether the process answers, and whether it takes work."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.version import __version__
from emulator.bodies import Json
from emulator.context import Emulator


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Both answer 200 without a token; they say nothing that a stranger may not know."""
    alive = Json({"status": "ok", "version": __version__})

    async def health(_: Request) -> Response:
        return alive

    async def ready(_: Request) -> Response:
        emulator.store.reader().execute("SELECT 1 FROM meta LIMIT 1").fetchone()
        return alive

    return [Route("/_amlet/health", health), Route("/_amlet/ready", ready)]
