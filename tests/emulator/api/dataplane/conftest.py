"""The application in this process, as the tests of the control plane have it, with a token of one's choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.services.context import Emulator
from tests.emulator.api.arm.conftest import Client as ArmClient
from tests.emulator.api.arm.conftest import command, sweep

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
