"""The application in this process, with a token of one's choice, and the storage account over TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from emulator.api.dataplane import blobs
from emulator.services.context import Emulator
from tests.emulator.api.arm.conftest import Client as ArmClient
from tests.emulator.api.arm.conftest import command, sweep
from tests.emulator.api.dataplane.storage_account import Account

__all__ = ["command", "sweep"]


class Client(ArmClient):
    """Sends requests with the caller's own token, with another one (`token="..."`), or with none (`token=None`)."""

    def request(self, method: str, url: str, *, token: str | None = "", **options: Any) -> httpx.Response:
        if token is None:
            options["headers"] = {}
        elif token:
            options["headers"] = {"Authorization": f"Bearer {token}"}
        return super().request(method, url, **options)

    def noted_points(self) -> list[tuple[str, float]]:
        """What the job runner was told of metrics."""
        return [point for _, points in self.job_runner.points for point in points]


@pytest.fixture
def make_client(make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]) -> Callable[..., Client]:
    return lambda **settings: Client(make_emulator(**settings), ask)


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture
def account(
    serve_tls: Callable[..., object], make_emulator: Callable[[str], Emulator], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    made: list[Emulator] = []

    def app(origin: str) -> Starlette:
        made.append(make_emulator(origin))
        return Starlette(routes=blobs.routes(made[0]))

    served = serve_tls(app)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served.ca))  # type: ignore[attr-defined]
    yield Account(made[0])
    leftovers = list(made[0].place.artifacts.rglob(".partial-*"))
    assert leftovers == []
