"""The transports over httpx: a real socket, and an application in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from gateway.transport.in_process import InProcessTransport
from gateway.transport.messages import ConnectionFault, Request
from gateway.transport.network import NetworkTransport


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
