"""The transports that use the network, through httpx."""

from __future__ import annotations

import logging
import os
import re
import ssl
import time
from pathlib import Path
from typing import Any

from contracts.version import __version__
from gateway.transport.fast_httpx import httpx
from gateway.transport.messages import ConnectionFault, Request, Response

USER_AGENT = f"amlet/{__version__}"
_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
_WORDS = {
    "ReadTimeout": "read timed out",
    "ConnectTimeout": "connect timed out",
    "WriteTimeout": "write timed out",
}
_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

#: Seconds to connect, and between two pieces of an answer; there is no limit to waiting for a free connection.
TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=None)
LONGEST = 600.0
CONNECTIONS = 32


class _WithoutSignatures(logging.Filter):
    """Takes signatures out of the URLs that httpx logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_unsigned(part) for part in record.args)
        return True


def _unsigned(part: object) -> object:
    return _SIGNATURE.sub(r"\1...", str(part)) if "sig=" in str(part) else part


_SIGNATURE = re.compile(r"(\bsig=)[^&\s]+")
_REDACTING = _WithoutSignatures()

#: Takes the place of a stream that was read, which is a circle with its answer: it would keep the body that was sent.
_NOTHING = httpx.ByteStream(b"")


class NetworkTransport:
    """HTTP/1.1 over the network; proxies and CA bundles come from the usual environment variables.

    Loopback is asked directly, whatever the proxy: what goes there stays on this machine.

    Parameters:
        ca: PEM file of the only authorities to trust (an emulator's own); by default the environment's, else certifi's.
        longest: seconds that an answer may take to arrive whole, however steadily it comes.
    """

    def __init__(self, ca: str | os.PathLike[str] | None = None, *, longest: float = LONGEST) -> None:
        self._client = httpx.Client(**_network(ca, httpx.HTTPTransport))
        self._longest = longest

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        deadline = _Deadline(request, self._longest)
        try:
            answer = self._client.send(self._client.build_request(**arguments_of(request)), stream=True)
            try:
                body = b"".join(deadline.watch(chunk) for chunk in answer.iter_bytes())
            finally:
                answer.close()
                answer.stream = _NOTHING
        except httpx.HTTPError as error:
            raise fault_of(request, error) from error
        return response_of(request, answer, body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class AsyncNetworkTransport:
    """The same for an asynchronous client.

    Parameters:
        ca, longest: as in NetworkTransport.
    """

    def __init__(self, ca: str | os.PathLike[str] | None = None, *, longest: float = LONGEST) -> None:
        self._client = httpx.AsyncClient(**_network(ca, httpx.AsyncHTTPTransport))
        self._longest = longest

    async def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        deadline = _Deadline(request, self._longest)
        try:
            answer = await self._client.send(self._client.build_request(**arguments_of(request)), stream=True)
            try:
                body = b"".join([deadline.watch(chunk) async for chunk in answer.aiter_bytes()])
            finally:
                await answer.aclose()
                answer.stream = _NOTHING
        except httpx.HTTPError as error:
            raise fault_of(request, error) from error
        return response_of(request, answer, body)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class _Deadline:
    """Gives an answer up that trickles in for too long: httpx only limits the pause between two pieces."""

    def __init__(self, request: Request, longest: float) -> None:
        self._request = request
        self._longest = longest
        self._began = time.monotonic()

    def watch(self, chunk: bytes) -> bytes:
        if time.monotonic() - self._began > self._longest:
            raise ConnectionFault(
                f"{self._request.method} {self._request.address}: the answer was not whole after {self._longest:g} s",
                sent=True,
            )
        return chunk


def _network(ca: str | os.PathLike[str] | None, direct: Any) -> dict[str, Any]:
    """How the network is used, synchronously or not."""
    logging.getLogger(httpx.__name__).addFilter(_REDACTING)
    bundle = ca or next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), None)
    if bundle is not None and not Path(bundle).exists():
        raise FileNotFoundError(f"the CA bundle {bundle} does not exist; correct {' or '.join(_CA_VARIABLES)}")
    verify = _tls(bundle) if bundle else True
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    made = {"verify": verify, "limits": limits, "timeout": TIMEOUT, "headers": {"User-Agent": USER_AGENT}}
    if _proxied():
        near = direct(verify=verify, limits=limits)
        made["mounts"] = {f"all://{host}": near for host in _LOOPBACK}
    return made


def _proxied() -> bool:
    return any(os.environ.get(name) or os.environ.get(name.lower()) for name in _PROXY_VARIABLES)


def _tls(bundle: str | os.PathLike[str]) -> ssl.SSLContext:
    if Path(bundle).is_dir():
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)


def arguments_of(request: Request) -> dict[str, Any]:
    """A request as httpx takes it."""
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


def response_of(request: Request, answer: httpx.Response, body: bytes) -> Response:
    """An answer of httpx as ours."""
    headers = {name.lower(): text for name, text in answer.headers.items()}
    return Response(answer.status_code, headers, body, request)


def fault_of(request: Request, error: httpx.HTTPError) -> ConnectionFault:
    """An error of httpx as ours; it may have been an answer's headers that came, and not its end."""
    unsent = isinstance(error, _UNSENT)
    what = _WORDS.get(type(error).__name__) or str(error) or f"the connection broke ({type(error).__name__})"
    return ConnectionFault(f"{request.method} {request.address}: {what}", sent=not unsent)
