"""What `requests` sends to an emulator in this process, answered without a port: for clients that are built on it.

The official SDK, azure-storage-blob and MLflow are. A transport of azure-core would not do: the SDK makes the clients
of blobs itself and hands them none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from amlet.testing.in_process import InProcessEmulator
from gateway.transport.messages import ConnectionFault, Request

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
except ImportError as error:
    raise ImportError(f"the fixture amlet_ml_client needs azure-ai-ml: pip install azure-ai-ml ({error})") from error

#: An answer here is whole: these speak of how it travelled.
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@contextmanager
def answer_requests(emulator: InProcessEmulator) -> Iterator[None]:
    """Have an emulator answer what any session of `requests` sends to its address, until the end of the block.

    Nothing reaches a network: a request to another address than this machine's raises `requests.ConnectionError`.

    Parameters:
        emulator: that answers.
    """
    host, send = urlsplit(emulator.origin).netloc, HTTPAdapter.send

    def routed(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        address = urlsplit(request.url or "")
        if address.netloc == host:
            return _answer(emulator, adapter, request)
        if address.hostname in ("127.0.0.1", "localhost"):
            return send(adapter, request, *args, **options)
        raise requests.ConnectionError(
            f"{request.method} {request.url}: the emulator of this test is at {emulator.origin}, and nothing leaves "
            "this machine; give the client that address",
            request=request,
        )

    with patch.object(HTTPAdapter, "send", routed):
        yield


def _answer(emulator: InProcessEmulator, adapter: HTTPAdapter, request: requests.PreparedRequest) -> requests.Response:
    fields = {name: _text(value) for name, value in request.headers.items() if name.lower() not in _FRAMING}
    sent = Request(str(request.method), str(request.url), {}, fields, _bytes(request.body))
    try:
        answer = emulator.exchange(sent)
    except ConnectionFault as error:
        raise requests.ConnectionError(str(error), request=request) from error
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _FRAMING}
    if request.method == "HEAD" and (length := answer.headers.get("content-length")):
        headers["Content-Length"] = length  # the size of a blob
    whole = urllib3.HTTPResponse(
        BytesIO(answer.body), headers, answer.status, preload_content=False, request_method=request.method
    )
    return adapter.build_response(request, whole)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes | None:
    """A body as `requests` has it: text, bytes, a file, or an iterator of bytes."""
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    read: Callable[[], bytes | str] | None = getattr(body, "read", None)
    found = read() if read else b"".join(body)
    return found.encode() if isinstance(found, str) else bytes(found)
