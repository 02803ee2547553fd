"""The control plane in this process, with a job runner that only remembers what it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.app import app_of
from emulator.services.context import Emulator
from emulator.storage import events, jobs

WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000001", "group", "workspace")
API = "2024-01-01-preview"


class Client:
    """Sends requests to the application of an emulator, with a good token unless told otherwise."""

    def __init__(self, emulator: Emulator, ask: Callable[..., httpx.Response]) -> None:
        self.emulator = emulator
        self.job_runner: Any = emulator.job_runner
        self._ask, self._app = ask, app_of(emulator)
        self.token = emulator.tokens.issue("https://management.azure.com")

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Any request; give `headers` to send others than the token."""
        options.setdefault("headers", {"Authorization": f"Bearer {self.token}"})
        return self._ask(self._app, method, url, **options)

    def arm(self, method: str, path: str = "", *, api: str = API, **options: Any) -> httpx.Response:
        """A request below the workspace; `params` come beside the api-version."""
        params = options.pop("params", {}) | {"api-version": api}
        return self.request(method, f"{WORKSPACE}{path}", params=params, **options)

    def move(self, name: str, *statuses: JobStatus) -> None:
        """Let a job go through statuses, as a job runner would."""

        def moves(conn: sqlite3.Connection) -> None:
            job = jobs.find(conn, WORKSPACE, name)
            assert job is not None
            for status in statuses:
                events.move(conn, job.id, status, self.emulator.clock.now())

        self.emulator.store.write(moves).result()


@pytest.fixture
def make_client(make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]) -> Callable[..., Client]:
    """Make a client of a new emulator with settings: `make_client(page_size=2)`."""
    return lambda **settings: Client(make_emulator(**settings), ask)


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture
def sweep() -> dict[str, Any]:
    """The body of a small sweep."""
    return {
        "properties": {
            "jobType": "Sweep",
            "experimentName": "exp",
            "displayName": "shown",
            "computeId": f"{WORKSPACE}/computes/cpu",
            "searchSpace": {"lr": ["uniform", [0.001, 0.1]]},
            "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
            "objective": {"goal": "maximize", "primaryMetric": "accuracy"},
            "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 2, "maxConcurrentTrials": 10, "timeout": "PT5M"},
            "trial": {
                "command": "python t.py --lr ${{search_space.lr}}",
                "environmentId": "azureml:AzureML-sklearn:33",
                "environmentVariables": {},
            },
            "tags": {"team": "vision"},
            "properties": {},
            "inputs": {},
            "outputs": {},
        }
    }


@pytest.fixture
def command() -> dict[str, Any]:
    """The body of a small command job."""
    return {
        "properties": {
            "jobType": "Command",
            "command": "echo hello",
            "environmentId": "azureml:env:1",
            "computeId": "cpu",
        }
    }
