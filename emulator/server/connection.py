"""uvicorn's HTTP protocol with bounds: headers of a size, and requests that arrive in a time.

The head of an answer leaves together with its body, where both are there: in one record of TLS and one packet.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Transport
from typing import Any, Literal, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from emulator.server.connection_bounds import MOST_HEADER_BYTES, MOST_HEADERS, Bounded


class _TooLarge(ValueError):
    """A request has more headers than are read."""


_COPIED = 65_536  # bytes of a body; what is longer is not copied, and sent by itself


class _Joined:
    """A transport for one answer, which is handed the head and the body one after the other, and joins them.

    Parameters:
        transport: of the connection.
        loop: in whose next turn the head leaves alone, when no body has come by then.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head: bytes | None = None

    def write(self, data: bytes) -> None:
        """Send it, or keep the head for a moment."""
        if self._head is None:
            self._head = data
            self._loop.call_soon(self._flush)
            return
        head, self._head = self._head, b""
        if len(data) > _COPIED:
            self._transport.write(head)
            head = b""
        self._transport.write(head + data if head else data)

    def close(self) -> None:
        """Send what is kept, and end the connection."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is at its end."""
        return self._transport.is_closing()

    def _flush(self) -> None:
        if self._head:
            self.write(b"")


class Connection(Bounded, HttpToolsProtocol):
    """Give it to `uvicorn.Config(http=...)`."""

    #: How many bytes of the request line and headers have come; None while no headers are expected.
    _header_bytes: int | None = 0
    _waits_for_body = False
    _is_new_request = False

    def awaited(self) -> Literal["head", "body"] | None:
        """What of a request is to come."""
        if self._header_bytes is not None:
            return "head"
        return "body" if self._waits_for_body else None

    def data_received(self, data: bytes) -> None:
        """Some of a request has come."""
        self._is_new_request = False
        if self._waits_for_body:
            self.since = self.loop.time()
        super().data_received(data)
        # What came before the request in the same piece of data is not known, so that piece is not counted.
        if self._header_bytes is not None and not self._is_new_request and not self.transport.is_closing():
            self._header_bytes += len(data)
            if self._header_bytes > MOST_HEADER_BYTES:
                self.refuse_large()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._header_bytes, self._is_new_request, self.since = 0, True, self.loop.time()
        self._url_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of the request line has come."""
        super().on_url(url)
        if len(self.url) > MOST_HEADER_BYTES:
            raise _TooLarge

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header has come."""
        super().on_header(name, value)
        self._url_bytes += len(name) + len(value)
        if len(self.headers) > MOST_HEADERS or self._url_bytes + len(self.url) > MOST_HEADER_BYTES:
            raise _TooLarge

    def on_headers_complete(self) -> None:
        """All headers have come."""
        self._header_bytes, self._waits_for_body, self.since = None, True, self.loop.time()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answer a request."""
        cycle.transport = cast("Transport", _Joined(self.transport, self.loop))
        super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        """All of the request has come."""
        self._waits_for_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """The request is not HTTP, or larger than is read."""
        if self.is_refused:
            return
        is_large = self._header_bytes is not None and (
            len(self.headers or ()) > MOST_HEADERS or self._url_bytes + len(self.url) > MOST_HEADER_BYTES
        )
        if is_large:
            self.refuse_large()
        else:
            super().send_400_response(msg)
