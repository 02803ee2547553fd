"""Servers for tests: real TLS on a free port of 127.0.0.1, for official clients that accept nothing less."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
import uvicorn

from emulator.clock import RealClock
from emulator.connection import Connection
from emulator.context import Emulator
from emulator.identity.keys import SigningKey
from emulator.identity.secrets import Secrets
from emulator.identity.tokens import TokenAuthority
from emulator.place import Place
from emulator.settings import Settings
from emulator.store import Database, JobId
from tests.emulator.exercised import EXERCISED, RAW


@pytest.fixture(autouse=True)
def _exercised(request: pytest.FixtureRequest) -> Iterator[None]:
    """Notes which operations a test reaches, and holds docs/coverage.json to what it says of the test."""
    file = request.path.relative_to(Path(__file__).parent).as_posix()
    yield from EXERCISED.during(f"{file}::{request.node.name}")


def pytest_sessionfinish() -> None:
    if EXERCISED.is_recording:
        EXERCISED.write()


class IdleConductor:
    """A conductor that runs nothing and remembers what it was told."""

    def __init__(self) -> None:
        self.submitted: list[JobId] = []
        self.canceled: list[JobId] = []
        self.preempted: list[JobId] = []
        self.points: list[tuple[JobId, list[tuple[str, float]]]] = []

    def submit(self, job: JobId) -> None:
        self.submitted.append(job)

    def cancel(self, job: JobId) -> None:
        self.canceled.append(job)

    def preempt(self, job: JobId) -> None:
        self.preempted.append(job)

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        self.points.append((job, list(points)))

    def start(self) -> None: ...

    def stop(self) -> None: ...


_keys: list[bytes] = []


def _made_once(make: Callable[[], bytes]) -> bytes:
    """One signing key for all tests: each costs a tenth of a second."""
    if not _keys:
        _keys.append(make())
    return _keys[0]


@pytest.fixture
def make_emulator(tmp_path: Path) -> Iterator[Callable[..., Emulator]]:
    """Make an emulator on an origin, with its state in `tmp_path` and a conductor that runs nothing."""
    with ExitStack() as stores:

        def make(origin: str = "https://127.0.0.1:8443", **settings: Any) -> Emulator:
            store = Database.open(tmp_path / "amlet.db")
            stores.callback(store.close)
            place = Place(tmp_path, origin, "http://127.0.0.1:8480")
            clock = RealClock()
            chosen = Settings().with_values(settings)
            tokens = TokenAuthority(SigningKey(_made_once), origin=origin, clock=clock, strict=chosen.auth == "strict")
            return Emulator(chosen, clock, store, place, Secrets.kept_in(store), tokens, IdleConductor())

        yield make


@dataclass(frozen=True)
class Served:
    """A running server."""

    origin: str
    ca: Path


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Else each connection that a client keeps alive costs 30 s of TLS farewell.
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # type: ignore[union-attr]
        await super().shutdown(sockets)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A CA file for clients, and certificate with key for servers."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    ca, chain = folder / "ca.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(ca)
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(chain)
    return ca, chain


@contextmanager
def _serving(make_app: Callable[[str], Any], ca: Path, chain: Path) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            make_app(origin), ssl_certfile=chain, log_level="error", lifespan="off", http=Connection
        )
        config.load()
        assert isinstance(config.ssl, ssl.SSLContext)
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert server.is_up.wait(20)
        try:
            yield Served(origin, ca)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve_tls(certificates: tuple[Path, Path]) -> Iterator[Callable[[Callable[[str], Any]], Served]]:
    """Run the app that a function makes for an origin; stopped at the end of the test."""
    with ExitStack() as running:
        yield lambda make_app: running.enter_context(_serving(make_app, *certificates))


@pytest.fixture
def ask() -> Callable[..., httpx.Response]:
    """Send one request to an app in this process: `ask(app, "GET", "/path", headers=...)`."""

    def send(app: Any, method: str, url: str, **options: Any) -> httpx.Response:
        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1:8443") as client:
                return await client.request(method, url, **options)

        answer = asyncio.run(request())
        EXERCISED.note(RAW, method, url, answer.status_code)
        return answer

    return send
