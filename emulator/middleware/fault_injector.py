"""Carries out a fault on a request: over a real socket, and in process, where broken connections are exceptions."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.api.arm.errors import Errors
from emulator.api.bodies import Json
from emulator.faults.plan import ConnectionBroken, PlannedFault
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal

#: Where a server that can break connections puts a request's transport: `scope["state"][TRANSPORT]`.
TRANSPORT = "transport"

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: the peer sees a reset, not an end


class FaultInjector:
    """Lets requests go wrong as planned.

    Parameters:
        app: answers the requests that are carried out.
        emulator: passes the latency; a virtual clock is moved on by it.
        errors: make the envelope of refusals.
    """

    def __init__(self, app: ASGIApp, emulator: Emulator, errors: Errors) -> None:
        self._app, self._emulator, self._errors = app, emulator, errors

    async def strike(self, fault: PlannedFault, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a fault happen to a request.

        Raises:
            ConnectionBroken: in process, where the fault breaks the connection.
        """
        rule = fault.rule
        if rule.latency:
            await self._pass(rule.latency)
        if rule.reset == "before":
            await _heard_out(receive)
            await _reset(scope, receive)
        elif rule.reset == "after":
            await self._app(scope, receive, _unsent)
            await _reset(scope, receive)
        elif rule.status is not None:
            await self._refusal(fault, scope)(scope, receive, send)
        elif rule.truncate is not None:
            whole = _Collected()
            await self._app(scope, receive, whole)
            await _truncate(whole, rule.truncate, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _pass(self, seconds: float) -> None:
        if self._emulator.time is None:
            await asyncio.sleep(seconds)
        else:
            self._emulator.time.advance(seconds)

    def _refusal(self, fault: PlannedFault, scope: Scope) -> Response:
        rule = fault.rule
        status = rule.status or 500
        answer: Response
        if status in _WITHOUT_BODY:
            answer = Response(status_code=status)
        elif rule.body is None:
            code = rule.code or _CODES.get(status, "Fault")
            answer = self._errors.answer(scope, Refusal(status, code, rule.message or f"This is planned: {fault.id}."))
        elif isinstance(rule.body, str):
            answer = Response(rule.body, status, media_type="text/plain")
        else:
            answer = Json(rule.body, status)
        if rule.retry_after is not None:
            answer.headers["Retry-After"] = str(rule.retry_after)
        answer.headers.update(rule.headers)
        return answer


_WITHOUT_BODY = frozenset({204, 304})

#: ARM's usual codes.
_CODES = {
    401: "AuthenticationFailed",
    403: "AuthorizationFailed",
    404: "NotFound",
    408: "RequestTimeout",
    409: "Conflict",
    412: "PreconditionFailed",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


class _Collected:
    """A `send` that keeps an answer instead of sending it."""

    def __init__(self) -> None:
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


async def _unsent(message: Message) -> None:
    """A `send` into nowhere."""


async def _truncate(whole: _Collected, size: int, scope: Scope, receive: Receive, send: Send) -> None:
    if whole.start is None:
        await _reset(scope, receive)
        return
    headers = MutableHeaders(raw=list(whole.start["headers"]))
    headers["content-length"] = str(max(len(whole.body), size + 1))  # more is announced than comes
    await send({**whole.start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": whole.body[:size], "more_body": True})
    transport = _transport(scope)
    if transport is None:
        raise ConnectionBroken("a fault cut the answer short")
    transport.close()
    await _gone(receive)


async def _reset(scope: Scope, receive: Receive) -> None:
    transport = _transport(scope)
    if transport is None:
        raise ConnectionBroken("a fault reset the connection")
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
    await _gone(receive)


async def _heard_out(receive: Receive) -> None:
    """Read the request to its end: a client that still writes would see less clearly what happened."""
    while (await receive()).get("more_body"):
        pass


async def _gone(receive: Receive) -> None:
    """Wait until the server knows that the connection is gone, or it would complain that there is no answer."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(scope: Scope) -> Any:
    return scope.get("state", {}).get(TRANSPORT)
