"""Ports of 127.0.0.1 on which an application in this process is served, by a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

from emulator.server.process import configuration

_HOST = "127.0.0.1"


class Ports:
    """A free port for plain HTTP and, with a certificate, one for HTTPS; open from the beginning, served from `start`.

    Who connects before `start` waits.

    Parameters:
        certificate: file of the server's key and certificate; None for plain HTTP alone.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self._certificate = certificate
        self._http = socket.create_server((_HOST, 0), backlog=2048)
        self._https = socket.create_server((_HOST, 0), backlog=2048) if certificate else None
        self._servers: list[_Server] = []
        self._thread: threading.Thread | None = None

    @property
    def http(self) -> int:
        """The plain port."""
        return int(self._http.getsockname()[1])

    @property
    def https(self) -> int:
        """The other one; 0 where there is none."""
        return int(self._https.getsockname()[1]) if self._https else 0

    def start(self, app: Any, *, dated: bool) -> None:
        """Begin to serve.

        Parameters:
            app: the application; the caller manages its lifespan.
            dated: as in `emulator.server.process.configuration`.
        """
        listeners = [(_Server(configuration(app, dated, lifespan="off")), self._http)]
        if self._https:
            secured = configuration(app, dated, lifespan="off", ssl_certfile=self._certificate)
            listeners.append((_Server(secured), self._https))
        self._servers = [server for server, _ in listeners]
        self._thread = threading.Thread(target=self._run, args=[listeners], name="amlet-ports", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the ports."""
        for server in self._servers:
            server.should_exit = True
        if self._thread:
            self._thread.join()
        self._http.close()
        if self._https:
            self._https.close()

    def _run(self, listeners: list[tuple[_Server, socket.socket]]) -> None:
        async def serve() -> None:
            await asyncio.gather(*(server.serve([listener]) for server, listener in listeners))

        asyncio.run(serve())


class _Server(uvicorn.Server):
    """Leaves signals to the test runner, and does not wait for connections that are only kept alive."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await super().shutdown(sockets)
