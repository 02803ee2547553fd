"""The laws once more over real sockets and TLS: connections that break where a script can only say so."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme

from gateway import MLClient, aio
from gateway.transport.messages import Request
from gateway.transport.network import AsyncNetworkTransport, NetworkTransport
from tests.gateway.laws.conftest import Credential
from tests.gateway.laws.scripted import Workspace
from tests.gateway.laws.test_submit_laws import STEPS, whole

HOST_IN_PATH = "/emu.blob.core.windows.net"


class Handler(BaseHTTPRequestHandler):
    """Asks the workspace; what goes wrong goes wrong on the line."""

    protocol_version = "HTTP/1.1"
    workspace: Workspace
    breaks: dict[str, str]

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        request = Request(self.command, f"{self.workspace.arm}{self.path}", headers=dict(self.headers), body=body)
        broken = self.breaks.pop(self.workspace.label(request), "")
        if broken == "before":
            return self._reset()
        made = self.workspace.answer(request)
        if broken == "after":
            return self._reset()
        self.send_response(made.status)
        for name, text in made.headers.items():
            self.send_header(name, text)
        cut_off = broken == "cut off" and self.command != "HEAD"
        self.send_header("Content-Length", str(len(made.body) + (10 if cut_off else 0)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(made.body)
        if broken == "cut off":
            self._reset()
        return None

    do_GET = do_PUT = do_POST = do_HEAD = _answer  # noqa: N815 - the names of http.server

    def _reset(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections break here on purpose."""

    def shutdown_request(self, request: Any) -> None:
        self.close_request(request)  # without TLS's farewell, which a broken connection has not


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    authority, folder = trustme.CA(), tmp_path_factory.mktemp("tls")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return folder / "ca.pem", context


class SocketWorkspace(Workspace):
    """A scripted workspace whose storage is a path of the same origin."""

    def label(self, request: Request) -> str:
        return super().label(request).replace(HOST_IN_PATH, "")

    def blob_name(self, path: str) -> str:
        return path.removeprefix(HOST_IN_PATH)


@pytest.fixture
def served(certificates: tuple[Path, ssl.SSLContext]) -> Iterator[type[Handler]]:
    handler = type("Bound", (Handler,), {"breaks": {}})
    with Server(("127.0.0.1", 0), handler) as server:
        server.socket = certificates[1].wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        origin = f"127.0.0.1:{server.server_port}"
        handler.workspace = SocketWorkspace(f"https://{origin}", f"https://{origin}{HOST_IN_PATH}", f"{origin}/emu")
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield handler
        server.shutdown()
    thread.join(20)


class Quick(NetworkTransport):
    """Does not wait between tries."""

    def sleep(self, seconds: float) -> None:
        pass


class AsyncQuick(AsyncNetworkTransport):
    """The same, awaited."""

    def sleep(self, seconds: float) -> None:
        pass


@pytest.fixture(params=["sync", "async"])
def submit(request: pytest.FixtureRequest, job: Any, credential: Credential, certificates: Any) -> Callable[..., Any]:
    def synchronous(origin: str) -> Any:
        with MLClient(credential, "s", "g", "w", base_url=origin, transport=Quick(certificates[0])) as client:
            return client.jobs.create_or_update(job)

    def asynchronous(origin: str) -> Any:
        async def session() -> Any:
            transport = AsyncQuick(certificates[0])
            async with aio.MLClient(credential, "s", "g", "w", base_url=origin, transport=transport) as client:
                return await client.jobs.create_or_update(job)

        return asyncio.run(session())

    return synchronous if request.param == "sync" else asynchronous


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("broken", ["before", "after", "cut off"])
def test_exactly_one_job_exists_after_a_connection_broke(
    served: type[Handler], submit: Callable[..., Any], step: str, broken: str
) -> None:
    served.breaks[step] = broken
    assert submit(served.workspace.arm).name == "j"
    assert served.breaks == {}
    whole(served.workspace)
