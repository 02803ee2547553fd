"""The transports that use httpx: the network, and an ASGI application in this process."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from contracts.version import __version__
from gateway.transport.messages import ConnectionFault, Request, Response

_USER_AGENT = f"amlet/{__version__}"
_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
_TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=None)


class NetworkTransport:
    """HTTP/1.1 over the network; proxies and CA bundles come from the usual environment variables.

    Parameters:
        ca: PEM file of the only authorities to trust (an emulator's own); by default the environment's, else certifi's.
    """

    def __init__(self, ca: str | os.PathLike[str] | None = None) -> None:
        self._client = httpx.Client(**_network(ca))

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        built = self._client.build_request(**_arguments(request))
        try:
            answer = self._client.send(built)
        except httpx.HTTPError as error:
            raise _fault(request, error) from error
        return _response(request, answer)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class AsyncNetworkTransport:
    """The same for an asynchronous client.

    Parameters:
        ca: as in NetworkTransport.
    """

    def __init__(self, ca: str | os.PathLike[str] | None = None) -> None:
        self._client = httpx.AsyncClient(**_network(ca))

    async def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        built = self._client.build_request(**_arguments(request))
        try:
            answer = await self._client.send(built)
        except httpx.HTTPError as error:
            raise _fault(request, error) from error
        return _response(request, answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class InProcessTransport:
    """An ASGI application in this process, called without a port.

    Parameters:
        app: the application.
    """

    def __init__(self, app: Any) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), timeout=_TIMEOUT, headers={"User-Agent": _USER_AGENT}
        )
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="amlet-in-process", daemon=True)
        self._thread.start()

    def send(self, request: Request) -> Response:
        """Call the application and wait for its whole answer."""
        built = self._client.build_request(**_arguments(request))
        sending = asyncio.run_coroutine_threadsafe(self._client.send(built), self._loop)
        try:
            answer = sending.result()
        except httpx.HTTPError as error:
            raise _fault(request, error) from error
        return _response(request, answer)

    def close(self) -> None:
        """Stop the loop that runs the application."""
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _network(ca: str | os.PathLike[str] | None) -> dict[str, Any]:
    """How the network is used, synchronously or not."""
    bundle = ca or next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), None)
    if bundle is not None and not Path(bundle).exists():
        raise FileNotFoundError(f"the CA bundle {bundle} does not exist; correct {' or '.join(_CA_VARIABLES)}")
    return {
        "verify": _tls(bundle) if bundle else True,
        "timeout": _TIMEOUT,
        "headers": {"User-Agent": _USER_AGENT},
        "limits": httpx.Limits(max_connections=32, max_keepalive_connections=32),
    }


def _tls(bundle: str | os.PathLike[str]) -> ssl.SSLContext:
    if Path(bundle).is_dir():
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)


def _arguments(request: Request) -> dict[str, Any]:
    url = httpx.URL(request.url)
    if request.params:
        url = url.copy_merge_params(request.params)
    arguments: dict[str, Any] = {
        "method": request.method,
        "url": url,
        "headers": dict(request.headers),
        "content": request.body,
    }
    if request.timeout is not None:
        arguments["timeout"] = request.timeout
    return arguments


def _response(request: Request, answer: httpx.Response) -> Response:
    headers = {name.lower(): text for name, text in answer.headers.items()}
    return Response(answer.status_code, headers, answer.content, request)


def _fault(request: Request, error: httpx.HTTPError) -> ConnectionFault:
    unsent = isinstance(error, _UNSENT)
    return ConnectionFault(f"{request.method} {request.address}: {error or type(error).__name__}", sent=not unsent)
