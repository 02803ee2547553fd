"""Bodies in and out: bounded reading, and JSON by orjson."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.services.refusal import Refusal


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
        if size > limit:
            raise Refusal(
                413, "RequestEntityTooLarge", f"The request body is larger than the {limit} bytes that are allowed."
            )
        chunks.append(chunk)
    return b"".join(chunks)


async def read_json(request: Request, limit: int) -> Any:
    """The JSON value in the body; None when it is empty.

    Raises:
        Refusal: too long, or not JSON.
    """
    body = await read_bytes(request, limit)
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


class Json(Response):
    """An answer in JSON: `content` is encoded already, or any JSON value."""

    media_type = "application/json; charset=utf-8"

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, headers)

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)
