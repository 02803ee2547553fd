"""What crosses the transport: one request, one response, or the news that no answer came."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

#: Methods that may be sent again when no answer came: the second time changes nothing more.
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Parameters:
        method: `GET`, `PUT` ...
        url: absolute URL.
        params: query parameters, added to those the URL already has.
        headers: header fields.
        body: the bytes to send, or None.
        audience: whom the bearer token is for (`https://management.azure.com`); None sends no token.
        user_audience: whom the second token is for with which the job may act as the user; None sends none.
        resend: whether it may be sent again when no answer came; by default for idempotent methods.
        timeout: seconds to wait for the answer; None leaves it to the transport.
    """

    method: str
    url: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    audience: str | None = None
    user_audience: str | None = None
    resend: bool | None = None
    timeout: float | None = None

    @property
    def address(self) -> str:
        """The URL without its query, which may hold a signature: fit for messages."""
        return self.url.partition("?")[0]

    @property
    def may_resend(self) -> bool:
        """Whether sending it twice does no harm."""
        return self.method in IDEMPOTENT if self.resend is None else self.resend

    @property
    def correlation_id(self) -> str | None:
        """The id that the client gave the call (`x-ms-client-request-id`)."""
        return self.headers.get("x-ms-client-request-id")

    def with_headers(self, more: Mapping[str, str]) -> Request:
        """The same request with more header fields."""
        return replace(self, headers={**self.headers, **more})


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer.

    Parameters:
        status: status code.
        headers: header fields, names in lower case.
        body: the bytes received, decoded from any content coding.
        request: what was asked.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    request: Request | None = None

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        """The service's id of the call."""
        return self.headers.get("x-ms-request-id") or self.headers.get("x-ms-correlation-request-id")

    @property
    def text(self) -> str:
        """The body as text (UTF-8)."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: the body is not JSON.
        """
        return json.loads(self.body)


class ConnectionFault(Exception):
    """No answer came: the host could not be reached, or the connection broke.

    Parameters:
        message: what went wrong.
        sent: whether the request may have reached the server.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Transport(Protocol):
    """The one seam for I/O: the network, an application in this process, a script of a test.

    `send` may be called by several threads at once; it raises ConnectionFault when no answer came. A transport that
    replays a recording also has `sleep(seconds)`, by which time passes for its session.
    """

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""

    def close(self) -> None:
        """Give up the connections."""


class AsyncTransport(Protocol):
    """The same seam for asynchronous clients."""

    async def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""

    async def close(self) -> None:
        """Give up the connections."""


def unique_id() -> str:
    """A random UUID, version 4, as text; without `uuid`, whose import takes longer than a request."""
    number = int.from_bytes(os.urandom(16), "big") & ~(0xF000 << 64 | 0b11 << 62) | (0x4000 << 64 | 0b10 << 62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
