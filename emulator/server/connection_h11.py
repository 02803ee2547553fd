"""As `connection`, for platforms that have no httptools (PyPy, for example): there h11 reads HTTP."""

from __future__ import annotations

from typing import Any, Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator.server.connection_bounds import MOST_HEADER_BYTES, MOST_HEADERS, Bounded

_TOO_LARGE = 431


class _Reader(h11.Connection):
    """h11's reader, which tells whether it gave a request up for its size, and counts headers too."""

    is_too_large = False

    def next_event(self) -> Any:
        """The next event.

        Raises:
            RemoteProtocolError: it is not HTTP, or too large.
        """
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            self.is_too_large = error.error_status_hint == _TOO_LARGE
            raise
        if isinstance(event, h11.Request):
            size = len(event.target) + sum(len(name) + len(value) for name, value in event.headers)
            if len(event.headers) > MOST_HEADERS or size > MOST_HEADER_BYTES:
                self.is_too_large = True
                raise h11.RemoteProtocolError("too many headers", error_status_hint=_TOO_LARGE)
        return event


class Connection(Bounded, H11Protocol):
    """Give it to `uvicorn.Config(http=...)`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn: _Reader = _Reader(h11.SERVER, MOST_HEADER_BYTES)

    def awaited(self) -> Literal["head", "body"] | None:
        """What of a request is to come."""
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        return "head" if self.conn.states == {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE} else None

    def data_received(self, data: bytes) -> None:
        """Some of a request has come."""
        before = self.conn.their_state
        super().data_received(data)
        if before is h11.SEND_BODY or self.conn.their_state is not before:
            self.since = self.loop.time()

    def on_response_complete(self) -> None:
        """An answer has gone, and the next request is waited for."""
        self.since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """The request is not HTTP, or larger than is read."""
        if self.is_refused:
            return
        if self.conn.is_too_large:
            self.refuse_large()
        else:
            super().send_400_response(msg)
