"""The transports over httpx: a real socket, and an application in this process."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from gateway.transport.in_process import InProcessTransport
from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.network import AsyncNetworkTransport, NetworkTransport


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("X-Path", self.path)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as httpd:
        Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


def test_a_request_reaches_the_server_whole(server: str) -> None:
    transport = NetworkTransport()
    answer = transport.send(Request("PUT", f"{server}/a%20b?x=1", params={"$skip": "2"}, body=b"hello"))
    transport.close()
    assert (answer.status, answer.body) == (201, b"hello")
    assert answer.headers["x-path"] == "/a%20b?x=1&%24skip=2"


def test_no_signature_is_in_httpx_s_own_log(server: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    transport = NetworkTransport()
    transport.send(Request("PUT", f"{server}/box/b?sv=1&sig=SECRET%3D&se=2", body=b""))
    transport.close()
    assert "/box/b?sv=1&sig=...&se=2" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    transport = NetworkTransport()
    assert transport.send(Request("PUT", f"{server}/x", body=b"")).status == 201
    with pytest.raises(ConnectionFault):
        transport.send(Request("GET", "http://management.azure.test/"))
    transport.close()


def _answering(*pieces: bytes, pause: Event | None = None) -> Iterator[str]:
    """A server that sends these bytes to each client, and waits before the last piece."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                for number, piece in enumerate(pieces, 1):
                    if pause and number == len(pieces):
                        pause.wait(20)
                    with suppress(OSError):
                        connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(20)


SPOILT = {
    "reset": b"",
    "headers cut off": b"HTTP/1.1 200 OK\r\nContent-Le",
    "body cut off": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"name":',
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "broken coding": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
}


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("spoilt", SPOILT)
def test_an_answer_that_is_spoilt_on_the_way_is_a_fault(spoilt: str, asynchronous: bool) -> None:
    with contextmanager(_answering)(SPOILT[spoilt]) as url, pytest.raises(ConnectionFault) as raised:
        _send(Request("GET", f"{url}/jobs/j?sig=SECRET"), asynchronous)
    assert raised.value.sent
    assert f"{url}/jobs/j: " in str(raised.value)
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_an_answer_that_stays_away_is_given_up_after_the_request_s_own_timeout(asynchronous: bool) -> None:
    release = Event()
    with contextmanager(_answering)(b"HTTP/1.1 200 OK\r\n", b"\r\n", pause=release) as url:
        with pytest.raises(ConnectionFault, match="read timed out"):
            _send(Request("GET", url, timeout=0.05), asynchronous)
        release.set()


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_an_answer_that_trickles_in_is_given_up_when_it_takes_too_long(asynchronous: bool) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    with (
        contextmanager(_answering)(head, b"ab", b"cd") as url,
        pytest.raises(ConnectionFault, match="the answer was not whole after 0 s"),
    ):
        _send(Request("GET", url), asynchronous, longest=0.0)


def _send(request: Request, asynchronous: bool, **options: Any) -> Response:
    if not asynchronous:
        transport = NetworkTransport(**options)
        try:
            return transport.send(request)
        finally:
            transport.close()

    async def send() -> Response:
        awaited = AsyncNetworkTransport(**options)
        try:
            return await awaited.send(request)
        finally:
            await awaited.close()

    return asyncio.run(send())


def test_a_closed_port_is_a_fault_that_was_never_sent() -> None:
    transport = NetworkTransport()
    with pytest.raises(ConnectionFault) as raised:
        transport.send(Request("GET", "http://127.0.0.1:9/"))
    transport.close()
    assert not raised.value.sent


def test_a_missing_ca_bundle_is_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(FileNotFoundError, match=r"none\.pem"):
        NetworkTransport()


def test_an_application_in_this_process_answers_without_a_port() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-method", scope["method"].encode())]})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    transport = InProcessTransport(app)
    answer = transport.send(Request("GET", "https://127.0.0.1:8443/here"))
    transport.close()
    assert (answer.text, answer.headers["x-method"]) == ("/here", "GET")


def test_only_the_network_module_loads_httpx() -> None:
    names = ["session", "calls", "auth", "retry", "messages", "steps"]
    code = ";".join(f"import gateway.transport.{name}" for name in names) + ";import sys;print('httpx' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_what_was_sent_is_given_up_with_the_answer(server: str) -> None:
    transport = NetworkTransport()
    body = b"".join([b"x"] * 1000)
    gc.disable()
    try:
        before = sys.getrefcount(body)
        transport.send(Request("PUT", server, body=body))
        assert sys.getrefcount(body) == before
    finally:
        gc.enable()
        transport.close()
