"""The routes of the workers that run attempts: `/_amlet/attempts/{attempt}/...`; docs/attempts.md describes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json, read_bytes, read_json
from emulator.api.dataplane.content import content
from emulator.plain_files import open_plain
from emulator.services.attempts import MOST_BYTES, Attempts
from emulator.services.context import Emulator
from emulator.services.received_files import Gap
from emulator.services.refusal import Refusal

_ATTEMPT = "/_amlet/attempts/{attempt}"
_MOST_JSON = 65_536
_SHA256 = re.compile(r"[0-9a-f]{64}")


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All of them."""
    calls = _AttemptRoutes(Attempts(emulator))
    return [
        Route(f"{_ATTEMPT}/lease", calls.lease, methods=["POST"]),
        Route(f"{_ATTEMPT}/heartbeat", calls.heartbeat, methods=["POST"]),
        Route(f"{_ATTEMPT}/files/{{sha256}}", calls.file, methods=["GET"]),
        Route(f"{_ATTEMPT}/logs/{{name:path}}", calls.log, methods=["PUT"]),
        Route(f"{_ATTEMPT}/outputs/{{path:path}}", calls.output, methods=["PUT"]),
        Route(f"{_ATTEMPT}/end", calls.end, methods=["POST"]),
    ]


class _AttemptRoutes:
    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts

    async def lease(self, request: Request) -> Response:
        return Json(await self._called(request, self._attempts.lease))

    async def heartbeat(self, request: Request) -> Response:
        return Json(await self._called(request, self._attempts.heartbeat))

    async def end(self, request: Request) -> Response:
        await self._called(request, self._attempts.end)
        return Json({})

    async def file(self, request: Request) -> Response:
        attempt = self._attempt(request)
        path = await run_in_threadpool(self._attempts.file, attempt, request.path_params["sha256"])
        file = open_plain(path)
        return content(file, path.stat().st_size, {"content-type": "application/octet-stream"})

    async def log(self, request: Request) -> Response:
        attempt, offset = self._attempt(request), _number(request, "offset")
        data = await read_bytes(request, MOST_BYTES)
        try:
            end = await run_in_threadpool(self._attempts.append_log, attempt, request.path_params["name"], offset, data)
        except Gap as gap:
            return Json({"offset": gap.offset}, 416)
        return Json({"offset": end})

    async def output(self, request: Request) -> Response:
        attempt, path = self._attempt(request), request.path_params["path"]
        offset, size, sha256 = _number(request, "offset"), _number(request, "size"), _hash(request)
        try:
            end = await self._attempts.put_output(attempt, path, offset, size, sha256, request.stream())
        except Gap as gap:
            return Json({"offset": gap.offset}, 416)
        return Json({"offset": end})

    async def _called(self, request: Request, call: Callable[[str, Any], Any]) -> Any:
        attempt = self._attempt(request)
        return await run_in_threadpool(call, attempt, await read_json(request, _MOST_JSON))

    def _attempt(self, request: Request) -> str:
        return self._attempts.authorize(request.headers.get("authorization"), request.path_params["attempt"])


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refusal(400, "InvalidQueryParameterValue", f"{name} must be a number of bytes, not {text!r:.40}.")
    return int(text)


def _hash(request: Request) -> str:
    text = request.query_params.get("sha256", "")
    if not _SHA256.fullmatch(text):
        raise Refusal(400, "InvalidQueryParameterValue", "sha256 must be 64 hexadecimal digits in lower case.")
    return text
