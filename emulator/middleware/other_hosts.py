"""The listener for other hosts: what comes in there is an attempt's, or refused before anything looks at it.

Which listener a request came in on decides, nothing that the request says.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.api.arm.errors import Errors
from emulator.identity.tokens import Caller, TokenRefused
from emulator.middleware.paths import canonical, decoded
from emulator.services.context import Emulator
from emulator.services.fencing import OTHER_HOST, Admitted
from emulator.services.reach import ATTEMPTS, Reach, check_blob, is_blob, is_plane, not_served
from emulator.services.refusal import Refusal


class OtherHosts:
    """Serves an application to other hosts: attempts, and tracking and artifacts of their own runs.

    Parameters:
        app: of the emulator.
        emulator: holds the runs.
    """

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self._app, self._emulator = app, emulator
        self._errors = Errors(emulator)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        state = scope.setdefault("state", {})
        state["correlation"] = self._emulator.ids.hex("other host")
        path = canonical(decoded(scope["path"], scope.get("raw_path") or b""))
        try:
            caller, receive = await self._let_in(scope, path, receive)
        except (Refusal, TokenRefused) as refused:
            await self._errors.answer(scope, refused)(scope, receive, send)
            return
        state[OTHER_HOST] = Admitted(caller)
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope, path: str, receive: Receive) -> tuple[Caller | None, Receive]:
        """Who sends a request, and how its body is read from here.

        Raises:
            Refusal, TokenRefused: it may not be asked there.
        """
        if path.startswith(ATTEMPTS):
            return None, receive
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if is_blob(path):
            check_blob(self._emulator.store.reader(), path, query)
            return None, receive
        if not is_plane(path):
            raise not_served(path)
        headers = dict(scope["headers"])
        authorization = headers.get(b"authorization")
        caller = self._emulator.tokens.verify_run(authorization.decode("latin-1") if authorization else None)
        reach = Reach(self._emulator.store.reader(), caller)
        body = None
        if scope["method"] in {"POST", "PATCH"}:
            body, receive = await _read(receive, self._emulator.settings.max_body_bytes)
        reach.check(path, query, body)
        return caller, receive


async def _read(receive: Receive, limit: int) -> tuple[object, Receive]:
    """The JSON of a body, and what gives the body again; None where it is none.

    Raises:
        Refusal: 413.
    """
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise Refusal(413, "RequestEntityTooLarge", f"The request body is larger than {limit} bytes.")
        chunks.append(chunk)
        more = message["type"] == "http.request" and message.get("more_body", False)
    whole = b"".join(chunks)
    given = [whole]

    async def again() -> Message:
        if given:
            return {"type": "http.request", "body": given.pop(), "more_body": False}
        return await receive()

    try:
        return orjson.loads(whole), again
    except orjson.JSONDecodeError:
        return None, again
