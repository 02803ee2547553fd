"""Servers for tests: real TLS on a free port of 127.0.0.1, for official clients that accept nothing less."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from amlet.testing.emulator_instance import signing_key
from amlet.testing.ports import Ports
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.server.tls import Certificates
from emulator.services.context import Emulator
from emulator.settings import Settings
from emulator.storage import Database, JobId
from emulator.storage.jobs import Job
from tests.emulator.exercised import EXERCISED, RAW


@pytest.fixture(autouse=True)
def _exercised(request: pytest.FixtureRequest) -> Iterator[None]:
    """Notes which operations a test reaches, and holds docs/coverage.json to what it says of the test."""
    file = request.path.relative_to(Path(__file__).parent).as_posix()
    yield from EXERCISED.during(f"{file}::{request.node.name}")


def pytest_sessionfinish() -> None:
    if EXERCISED.is_recording:
        EXERCISED.write()


class IdleJobRunner:
    """A job runner that runs nothing and remembers what it was told."""

    trouble: str | None = None

    def __init__(self) -> None:
        self.submitted: list[JobId] = []
        self.canceled: list[JobId] = []
        self.preempted: list[JobId] = []
        self.points: list[tuple[JobId, list[tuple[str, float]]]] = []

    def submit(self, job: JobId, known: Job | None = None) -> None:
        self.submitted.append(job)

    def cancel(self, job: JobId) -> None:
        self.canceled.append(job)

    def preempt(self, job: JobId) -> None:
        self.preempted.append(job)

    def metrics_logged(self, job: JobId, points: Sequence[tuple[str, float]]) -> None:
        self.points.append((job, list(points)))

    def start(self) -> None: ...

    def stop(self) -> None: ...


@pytest.fixture
def make_emulator(tmp_path: Path) -> Iterator[Callable[..., Emulator]]:
    """Make an emulator on an origin, with its state in `tmp_path` and a job runner that runs nothing."""
    with ExitStack() as stores:

        def make(origin: str = "https://127.0.0.1:8443", **settings: Any) -> Emulator:
            store = Database.open(tmp_path / "amlet.db")
            stores.callback(store.close)
            place = Place(tmp_path, origin, "http://127.0.0.1:8480")
            config = EmulatorConfig(Settings().with_values(settings), signing_key=signing_key())
            return replace(build(config, place, store), job_runner=IdleJobRunner())

        yield make


@dataclass(frozen=True)
class Served:
    """A running server."""

    origin: str
    ca: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority for clients, and the server's certificate."""
    return Certificates.ensure(tmp_path_factory.mktemp("tls") / "ca")


@pytest.fixture
def serve_tls(certificates: Certificates) -> Iterator[Callable[[Callable[[str], Any]], Served]]:
    """Run the app that a function makes for an origin; stopped at the end of the test."""
    with ExitStack() as running:

        def serve(make_app: Callable[[str], Any]) -> Served:
            ports = Ports(certificates.server)
            running.callback(ports.close)
            served = Served(f"https://127.0.0.1:{ports.https}", certificates.ca)
            ports.start(make_app(served.origin), dated=True)
            return served

        yield serve


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
