"""An ASGI application in this process as a transport."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import Any

from gateway.transport.lean_httpx import httpx
from gateway.transport.messages import Request, Response
from gateway.transport.network import TIMEOUT, USER_AGENT, arguments_of, fault_of, response_of


class InProcessTransport:
    """An ASGI application in this process, called without a port.

    Parameters:
        app: the application.
    """

    def __init__(self, app: Any) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            timeout=TIMEOUT,
            headers={"User-Agent": USER_AGENT},
            trust_env=False,  # no proxy can be on the way; to look for one loads certificates
        )
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="amlet-in-process", daemon=True)
        self._thread.start()

    def send(self, request: Request) -> Response:
        """Call the application and wait for its whole answer."""
        built = self._client.build_request(**arguments_of(request))
        sending = asyncio.run_coroutine_threadsafe(self._client.send(built), self._loop)
        try:
            answer = sending.result()
        except httpx.HTTPError as error:
            raise fault_of(request, error) from error
        return response_of(request, answer, answer.content)

    def close(self) -> None:
        """Stop the loop that runs the application."""
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
