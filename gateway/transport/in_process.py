"""An ASGI application in this process as a transport."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from threading import Thread
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from contracts.version import __version__
from gateway.transport.messages import Request, Response

_App: TypeAlias = Callable[..., Awaitable[None]]
_PORTS = {"http": 80, "https": 443}


class InProcessTransport:
    """An ASGI application in this process, called without a port; what it raises comes out of `send`.

    Parameters:
        app: the application.
    """

    def __init__(self, app: _App) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="amlet-in-process", daemon=True)
        self._thread.start()

    def send(self, request: Request) -> Response:
        """Call the application and wait for its whole answer."""
        return asyncio.run_coroutine_threadsafe(_called(self._app, request), self._loop).result()

    def close(self) -> None:
        """Stop the loop that runs the application."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _called(app: _App, request: Request) -> Response:
    begun: dict[str, Any] = {"status": 500, "headers": []}
    body = bytearray()
    is_over = asyncio.Event()
    is_heard = False

    async def receive() -> dict[str, Any]:
        nonlocal is_heard
        if is_heard:
            await is_over.wait()
            return {"type": "http.disconnect"}
        is_heard = True
        return {"type": "http.request", "body": request.body or b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                is_over.set()

    await app(_scope(request), receive, send)
    content = b"" if request.method == "HEAD" else bytes(body)
    return Response(begun["status"], _joined(begun["headers"]), content, request)


def _scope(request: Request) -> dict[str, Any]:
    url = urlsplit(request.url)
    query = url.query
    if request.params:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in request.params]
        query = urlencode([*kept, *request.params.items()], quote_via=quote)
    headers = {"host": url.netloc, "accept": "*/*", "user-agent": f"amlet/{__version__}"}
    if request.body is not None:
        headers["content-length"] = str(len(request.body))
    headers |= {name.lower(): value for name, value in request.headers.items()}
    path = url.path or "/"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(path),
        "raw_path": path.encode("ascii", "replace"),
        "root_path": "",
        "query_string": query.encode("ascii", "replace"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "server": (url.hostname, url.port or _PORTS.get(url.scheme)),
        "client": ("127.0.0.1", 123),
    }


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The header fields by name in lower case; those that come several times as one, as HTTP has it."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
