"""What every connection is bounded by: headers of a size, and requests that arrive in a time.

`connection` and `connection_h11` add it to the two protocols of uvicorn, which read HTTP by different parsers.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle
from typing import TYPE_CHECKING, Any, Literal

from emulator.middleware.fault_injector import TRANSPORT

if TYPE_CHECKING:
    from uvicorn.protocols.http.flow_control import FlowControl as _FlowControl

#: Bytes of the request line and the headers together, and how many headers there may be.
MOST_HEADER_BYTES = 65_536
MOST_HEADERS = 100

_TOO_LARGE = f"The request line and headers may have {MOST_HEADER_BYTES} bytes and {MOST_HEADERS} headers."
_TOO_SLOW = "The request did not arrive in time."


class Bounded:
    """Comes before a protocol of uvicorn in the bases of a class.

    It also lets the application reach its connection, so that faults can break it.
    """

    #: Seconds in which the headers of a request have to arrive, and after which a client is given up that has sent a
    #: part of a request and sends no more.
    patience = 30.0

    loop: AbstractEventLoop
    transport: Any
    flow: _FlowControl
    app_state: dict[str, Any]
    since = 0.0
    is_refused = False
    _timer: TimerHandle

    def awaited(self) -> Literal["head", "body"] | None:
        """What of a request is to come; None while one is being answered."""
        raise NotImplementedError

    def connection_made(self, transport: Any) -> None:
        """A client has connected."""
        super().connection_made(transport)  # type: ignore[misc]
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self.since = self.loop.time()
        self._timer = self.loop.call_later(self.patience, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._timer.cancel()
        super().connection_lost(exc)  # type: ignore[misc]
        self.app_state = {}

    def refuse_large(self) -> None:
        """Answer that the headers are too large, and end the connection."""
        self._refuse("431 Request Header Fields Too Large", _TOO_LARGE)

    def _refuse(self, status: str, text: str) -> None:
        self.is_refused = True
        self.transport.write(
            f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(text)}\r\n"
            f"connection: close\r\n\r\n{text}".encode("ascii")
        )
        self.transport.close()

    def _look(self) -> None:
        """End the connection when a part of a request has been waited for too long."""
        if self.transport.is_closing():
            return
        awaited = self.awaited() if self.loop.time() - self.since >= self.patience else None
        if awaited == "head":
            self._refuse("408 Request Timeout", _TOO_SLOW)
        elif awaited == "body" and not self.flow.read_paused:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(self.patience, self._look)
