"""uvicorn's HTTP protocol, which also lets the application reach its connection, so that faults can break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.middleware.fault_injector import TRANSPORT

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol
else:
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol
    except ImportError:  # no httptools on this platform
        from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol


class Connection(_Protocol):
    """Give it to `uvicorn.Config(http=...)`."""

    def connection_made(self, transport: Any) -> None:
        """A client has connected."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        super().connection_lost(exc)
        self.app_state = {}
