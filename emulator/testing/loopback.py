"""A port for real trials: they are processes of their own and log their metrics over plain HTTP."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import uvicorn


class LoopbackPort:
    """Serves an application on a free port of 127.0.0.1, in a thread, until it is closed.

    Parameters:
        app: the application.
    """

    def __init__(self, app: Any) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._server = _QuietServer(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                lifespan="off",
            )
        )
        # The listener's backlog holds what comes before the server is up.
        self._thread = threading.Thread(target=self._run, name="amlet-loopback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._listener]))


class _QuietServer(uvicorn.Server):
    """Leaves signals alone: they are the test runner's."""

    def install_signal_handlers(self) -> None:
        """Nothing to install."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):  # else one that is kept alive is waited for
            connection.transport.abort()
        await super().shutdown(sockets)
