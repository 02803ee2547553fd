"""Requests that go straight to a host: what is kept alive, what is sent, what is made of an answer."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from gateway.transport.direct import DirectTransport
from gateway.transport.messages import ConnectionFault, Request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Scripted:
    """A server that answers every request with the same bytes, and closes after so many of a connection.

    Parameters:
        answer: the bytes.
        each: requests that a connection may bring.
    """

    def __init__(self, answer: bytes = OK, each: int = 100) -> None:
        self.asked: list[bytes] = []
        self.connections = 0
        self._answer, self._each = answer, each
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/a"
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with line:
                for _ in range(self._each):
                    asked = line.recv(1 << 16)
                    if not asked:
                        break
                    self.asked.append(asked)
                    line.sendall(self._answer)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(20)


@pytest.fixture
def transport() -> Iterator[DirectTransport]:
    made = DirectTransport()
    yield made
    made.close()


@pytest.fixture
def serve(transport: DirectTransport) -> Iterator[Any]:
    started: list[Scripted] = []

    def start(*arguments: Any) -> Scripted:
        started.append(Scripted(*arguments))
        return started[-1]

    yield start
    transport.close()
    for server in started:
        server.close()


def test_a_connection_is_used_again(transport: DirectTransport, serve: Any) -> None:
    server = serve()
    for _ in range(3):
        transport.send(Request("GET", server.url))
    assert (len(server.asked), server.connections) == (3, 1)


def test_a_connection_that_the_server_announces_to_close_is_not_used_again(
    transport: DirectTransport, serve: Any
) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 1)
    for _ in range(2):
        assert transport.send(Request("GET", server.url)).status == 200
    assert server.connections == 2


def test_what_follows_an_answer_unasked_is_not_taken_for_the_next_one(transport: DirectTransport, serve: Any) -> None:
    server = serve(b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 Foreign\r\n\r\n")
    assert [transport.send(Request("GET", server.url)).status for _ in range(2)] == [204, 204]


def test_a_request_says_its_host_length_and_fields_once(transport: DirectTransport, serve: Any) -> None:
    server = serve()
    transport.send(Request("PUT", server.url, headers={"user-agent": "mine", "X-A": "b"}, body=b"text"))
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    lines = head.decode().splitlines()
    assert lines[0] == "PUT /a HTTP/1.1"
    assert {f"Host: {server.url[7:-2]}", "Content-Length: 4", "user-agent: mine", "X-A: b"} <= set(lines)
    assert [line.lower().startswith("user-agent") for line in lines].count(True) == 1
    assert body == b"text"


def test_a_post_without_a_body_says_that_there_is_none(transport: DirectTransport, serve: Any) -> None:
    server = serve()
    transport.send(Request("POST", server.url))
    assert b"Content-Length: 0" in server.asked[0]


def test_what_a_request_line_cannot_hold_is_encoded(transport: DirectTransport, serve: Any) -> None:
    server = serve()
    transport.send(Request("GET", f"{server.url}/b c/\u00e4%20?x=\r\n"))
    assert server.asked[0].startswith(b"GET /a/b%20c/%C3%A4%20?x= HTTP/1.1\r\n")


@pytest.mark.parametrize("text", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\0"])
def test_a_field_with_a_line_break_is_refused(transport: DirectTransport, serve: Any, text: str) -> None:
    server = serve()
    with pytest.raises(ValueError, match="line break"):
        transport.send(Request("GET", server.url, headers={"X-A": text}))
    assert server.asked == []


def _raw_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"text")),
        ("deflate", zlib.compress(b"text")),
        ("deflate", _raw_deflate(b"text")),
        ("identity", b"text"),
    ],
    ids=["gzip", "zlib", "raw deflate", "none"],
)
def test_a_compressed_body_is_decompressed(transport: DirectTransport, serve: Any, coding: str, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    assert transport.send(Request("GET", serve(head.encode() + body).url)).body == b"text"


def test_a_chunked_body_is_put_together(transport: DirectTransport, serve: Any) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
    assert [transport.send(Request("GET", server.url)).body for _ in range(2)] == [b"abc", b"abc"]
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nETag: 1\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
    ids=["after a header", "in the body", "between chunks"],
)
def test_an_answer_that_is_cut_off_is_a_fault(transport: DirectTransport, serve: Any, answer: bytes) -> None:
    with pytest.raises(ConnectionFault, match="ended before the answer did") as raised:
        transport.send(Request("GET", serve(answer, 1).url))
    assert raised.value.sent


def test_fields_of_the_same_name_are_one(transport: DirectTransport, serve: Any) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n")
    assert transport.send(Request("GET", server.url)).headers["x-a"] == "1, 2"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "http://127.0.0.1:99999/"])
def test_an_address_that_leads_nowhere_is_a_fault_before_anything_is_sent(transport: DirectTransport, url: str) -> None:
    with pytest.raises(ConnectionFault) as raised:
        transport.send(Request("GET", url))
    assert not raised.value.sent
