"""Bodies in and out: bounded reading, and JSON by orjson."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Send

from emulator.services.refusal import Refusal

MEDIA_TYPE = "application/json; charset=utf-8"
_JSON = (b"content-type", MEDIA_TYPE.encode())


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body of a request.

    Parameters:
        limit: bytes that it may have.

    Raises:
        Refusal: 413, as soon as it is longer.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        _check_size(size, limit)
        chunks.append(chunk)
    return b"".join(chunks)


async def receive_bytes(receive: Receive, limit: int) -> bytes:
    """As `read_bytes`, for what answers without a `Request`."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message["type"] != "http.disconnect" and message.get("more_body"):
        _check_size(len(body), limit)
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    _check_size(len(body), limit)
    return body


async def read_json(request: Request, limit: int) -> Any:
    """The JSON value in the body; None when it is empty.

    Raises:
        Refusal: too long, or not JSON.
    """
    return json_of(await read_bytes(request, limit))


def json_of(body: bytes) -> Any:
    """The JSON value that a body is; None when it is empty.

    Raises:
        Refusal: not JSON.
    """
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(
            400,
            "InvalidRequestContent",
            f"The request content was invalid and could not be deserialized: '{error}'. Send one JSON object in UTF-8.",
        ) from None


async def send_json(send: Send, content: bytes, status: int = 200, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answer with JSON that is encoded already, without a `Response`."""
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, _JSON]})
    await send({"type": "http.response.body", "body": content})


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Refusal(
            413, "RequestEntityTooLarge", f"The request body is larger than the {limit} bytes that are allowed."
        )


class Json(Response):
    """An answer in JSON: `content` is encoded already, or any JSON value."""

    media_type = MEDIA_TYPE

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, headers)

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)
