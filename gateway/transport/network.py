"""The transports that use the network, through httpx."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

from contracts.version import __version__
from gateway.transport.lean_httpx import httpx
from gateway.transport.messages import ConnectionFault, Request, Response

USER_AGENT = f"amlet/{__version__}"
_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=None)


class NetworkTransport:
    """HTTP/1.1 over the network; proxies and CA bundles come from the usual environment variables.

    Parameters:
        ca: PEM file of the only authorities to trust (an emulator's own); by default the environment's, else certifi's.
    """

    def __init__(self, ca: str | os.PathLike[str] | None = None) -> None:
        self._client = httpx.Client(**_network(ca))

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        built = self._client.build_request(**arguments_of(request))
        try:
            answer = self._client.send(built)
        except httpx.HTTPError as error:
            raise fault_of(request, error) from error
        return response_of(request, answer)

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
        built = self._client.build_request(**arguments_of(request))
        try:
            answer = await self._client.send(built)
        except httpx.HTTPError as error:
            raise fault_of(request, error) from error
        return response_of(request, answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _network(ca: str | os.PathLike[str] | None) -> dict[str, Any]:
    """How the network is used, synchronously or not."""
    bundle = ca or next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), None)
    if bundle is not None and not Path(bundle).exists():
        raise FileNotFoundError(f"the CA bundle {bundle} does not exist; correct {' or '.join(_CA_VARIABLES)}")
    return {
        "verify": _tls(bundle) if bundle else True,
        "timeout": TIMEOUT,
        "headers": {"User-Agent": USER_AGENT},
        "limits": httpx.Limits(max_connections=32, max_keepalive_connections=32),
    }


def _tls(bundle: str | os.PathLike[str]) -> ssl.SSLContext:
    if Path(bundle).is_dir():
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)


def arguments_of(request: Request) -> dict[str, Any]:
    """A request as httpx wants it."""
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


def response_of(request: Request, answer: httpx.Response) -> Response:
    """An answer of httpx as ours."""
    headers = {name.lower(): text for name, text in answer.headers.items()}
    return Response(answer.status_code, headers, answer.content, request)


def fault_of(request: Request, error: httpx.HTTPError) -> ConnectionFault:
    """An error of httpx as ours."""
    unsent = isinstance(error, _UNSENT)
    return ConnectionFault(f"{request.method} {request.address}: {error or type(error).__name__}", sent=not unsent)
