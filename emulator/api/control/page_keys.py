"""`/_amlet/page-key/...`: keys that open a page once, and another page key."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json
from emulator.services.context import Emulator


def routes(emulator: Emulator) -> list[BaseRoute]:
    """A new one-time key with the plain origin of the pages; the rotation of the page key."""

    async def one_time_key(_: Request) -> Response:
        key = emulator.secrets.new_one_time_key(emulator.clock.now())
        return Json({"origin": emulator.place.http_origin, "key": key}, 201)

    async def rotate(_: Request) -> Response:
        await run_in_threadpool(emulator.secrets.rotate_page_key, emulator.store)
        return Response(status_code=204)

    return [
        Route("/_amlet/page-key/once", one_time_key, methods=["POST"]),
        Route("/_amlet/page-key/rotate", rotate, methods=["POST"]),
    ]
