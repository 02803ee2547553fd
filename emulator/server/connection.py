"""uvicorn's HTTP protocol with bounds: headers of a size, and requests that arrive in a time.

It also lets the application reach its connection, so that faults can break it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.middleware.fault_injector import TRANSPORT

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol
else:
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol
    except ImportError:  # no httptools on this platform; h11 bounds headers itself (`h11_max_incomplete_event_size`)
        from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol

#: Bytes of the request line and the headers together, and how many headers there may be.
MOST_HEADER_BYTES = 65_536
MOST_HEADERS = 100

_TOO_LARGE = f"The request line and headers may have {MOST_HEADER_BYTES} bytes and {MOST_HEADERS} headers."
_TOO_SLOW = "The request did not arrive in time."


class _TooLarge(ValueError):
    """A request has more headers than are read."""


class Connection(_Protocol):
    """Give it to `uvicorn.Config(http=...)`."""

    #: Seconds in which the headers of a request have to arrive, and after which a client is given up that has sent a
    #: part of a request and sends no more.
    patience = 30.0

    #: How many bytes of the request line and headers have come; None while no headers are expected.
    _header_bytes: int | None = 0
    _waits_for_body = False
    _is_new_request = False
    _is_refused = False
    _since = 0.0

    def connection_made(self, transport: Any) -> None:
        """A client has connected."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self.patience, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._timer.cancel()
        super().connection_lost(exc)
        self.app_state = {}

    def data_received(self, data: bytes) -> None:
        """Some of a request has come."""
        self._is_new_request = False
        if self._waits_for_body:
            self._since = self.loop.time()
        super().data_received(data)
        # What came before the request in the same piece of data is not known, so that piece is not counted.
        if self._header_bytes is not None and not self._is_new_request and not self.transport.is_closing():
            self._header_bytes += len(data)
            if self._header_bytes > MOST_HEADER_BYTES:
                self._refuse("431 Request Header Fields Too Large", _TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._header_bytes, self._is_new_request, self._since = 0, True, self.loop.time()
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
        self._header_bytes, self._waits_for_body, self._since = None, True, self.loop.time()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request has come."""
        self._waits_for_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """The request is not HTTP, or larger than is read."""
        if self._is_refused:
            return
        is_large = self._header_bytes is not None and (
            len(self.headers or ()) > MOST_HEADERS or self._url_bytes + len(self.url) > MOST_HEADER_BYTES
        )
        if is_large:
            self._refuse("431 Request Header Fields Too Large", _TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _refuse(self, status: str, text: str) -> None:
        self._is_refused = True
        self.transport.write(
            f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(text)}\r\n"
            f"connection: close\r\n\r\n{text}".encode("ascii")
        )
        self.transport.close()

    def _look(self) -> None:
        """End the connection when a part of a request has been waited for too long."""
        if self.transport.is_closing():
            return
        is_late = self.loop.time() - self._since >= self.patience
        if is_late and self._header_bytes is not None:
            self._refuse("408 Request Timeout", _TOO_SLOW)
        elif is_late and self._waits_for_body and not self.flow.read_paused:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(self.patience, self._look)
