"""What a connection takes: headers of a size, and requests that arrive in a time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn

from emulator.server import connection, connection_h11
from emulator.server.connection_bounds import MOST_HEADER_BYTES, MOST_HEADERS
from emulator.server.process import configuration


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body, then answers."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


#: The protocol by httptools, and the one for platforms that have none.
PROTOCOLS: list[Any] = [connection.Connection, connection_h11.Connection]


@pytest.fixture(params=PROTOCOLS, ids=["httptools", "h11"])
def protocol(request: pytest.FixtureRequest) -> Any:
    return request.param


async def _exchange(protocol: Any, *pieces: bytes) -> bytes:
    """What the server answers to some bytes until it ends the connection; a hanging server fails by the timeout."""
    config = configuration(_app, dated=False)
    config.http = protocol
    config.load()
    state = uvicorn.server.ServerState()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b"reset"
    finally:
        writer.close()
        listening.close()


_CLOSE = b"Connection: close\r\n"


def _get(*headers: bytes) -> bytes:
    return b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(headers) + _CLOSE + b"\r\n"


def _headers(count: int) -> list[bytes]:
    return [b"x-%d: y\r\n" % number for number in range(count)]


def test_headers_within_the_bounds_are_read(protocol: Any) -> None:
    answer = asyncio.run(
        _exchange(protocol, _get(b"x: " + b"y" * (MOST_HEADER_BYTES - 1_000) + b"\r\n", *_headers(50)))
    )
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "request_",
    [
        _get(*_headers(MOST_HEADERS)),
        _get(b"x: " + b"y" * MOST_HEADER_BYTES + b"\r\n"),
        b"GET /" + b"x" * MOST_HEADER_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"y" * (2 * MOST_HEADER_BYTES + 300_000),
        b"GET /" + b"x" * (2 * MOST_HEADER_BYTES + 300_000),
    ],
    ids=["many", "long", "long line", "without an end", "line without an end"],
)
def test_headers_beyond_the_bounds_are_refused(protocol: Any, request_: bytes) -> None:
    """In pieces, as a network delivers them. It fails by an answer of 200 or by waiting for more for ever."""
    pieces = [request_[at : at + 10_000] for at in range(0, len(request_), 10_000)]
    answer = asyncio.run(_exchange(protocol, *pieces))
    assert answer == b"reset" or answer.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "request_",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
    ids=["nothing", "half a line", "half the headers", "half the body"],
)
def test_a_request_that_stops_half_way_ends_the_connection(protocol: Any, request_: bytes) -> None:
    """It fails by the timeout of the exchange: an open connection says nothing."""
    impatient = type("Impatient", (protocol,), {"patience": 0.05})
    answer = asyncio.run(_exchange(impatient, *([request_] if request_ else [])))
    assert answer in (b"", b"reset") or answer.startswith(b"HTTP/1.1 408")


def test_a_second_request_on_the_connection_is_bounded_anew(protocol: Any) -> None:
    first = b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"y" * 40_000 + b"\r\n\r\n"
    answer = asyncio.run(_exchange(protocol, first, first, _get()))
    assert answer.count(b"HTTP/1.1 200") == 3


def test_a_long_body_is_read_whole(protocol: Any) -> None:
    body = b"x" * (4 * MOST_HEADER_BYTES)
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body) + _CLOSE + b"\r\n"
    answer = asyncio.run(_exchange(protocol, head, *(body[at : at + 10_000] for at in range(0, len(body), 10_000))))
    assert answer.startswith(b"HTTP/1.1 200")


class _Wire:
    """A transport that remembers its writes."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


def test_the_head_of_an_answer_leaves_together_with_its_body() -> None:
    async def answered() -> list[bytes]:
        wire: Any = _Wire()
        joined = connection._Joined(wire, asyncio.get_running_loop())
        for part in (b"head ", b"body ", b"more"):
            joined.write(part)
        await asyncio.sleep(0)
        return wire.writes  # type: ignore[no-any-return]

    assert asyncio.run(answered()) == [b"head body ", b"more"]


def test_a_head_whose_body_is_not_there_yet_leaves_alone() -> None:
    async def answered() -> list[bytes]:
        wire: Any = _Wire()
        joined = connection._Joined(wire, asyncio.get_running_loop())
        joined.write(b"head")
        await asyncio.sleep(0)
        joined.write(b"body")
        return wire.writes  # type: ignore[no-any-return]

    assert asyncio.run(answered()) == [b"head", b"body"]


def test_a_head_leaves_before_the_connection_is_closed() -> None:
    async def answered() -> tuple[list[bytes], bool]:
        wire: Any = _Wire()
        joined = connection._Joined(wire, asyncio.get_running_loop())
        joined.write(b"head")
        joined.close()
        return wire.writes, joined.is_closing()

    assert asyncio.run(answered()) == ([b"head"], True)
