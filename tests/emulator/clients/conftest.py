"""The whole application over TLS with only the environment set, as `amlet run` sets it."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from amlet._guard import command_line
from contracts.resource_id import WorkspaceId
from emulator.api.identity import managed_identity
from emulator.app import app_of
from emulator.identity.cloud import CLOUD_NAME
from emulator.server.home import Record
from emulator.server.launch import start_detached
from emulator.services.context import Emulator
from tests.emulator.exercised import EXERCISED, client_of

with warnings.catch_warnings():
    # The SDK's own, about its schemas.
    warnings.simplefilter("ignore")
    from azure.ai.ml import MLClient
    from azure.identity import DefaultAzureCredential

_send = requests.adapters.HTTPAdapter.send


def _noted(self: Any, request: Any, **options: Any) -> Any:
    """Official clients of the control plane use requests."""
    answer = _send(self, request, **options)
    EXERCISED.note(client_of(request.headers.get("User-Agent", "")), request.method, request.url, answer.status_code)
    return answer


requests.adapters.HTTPAdapter.send = _noted  # type: ignore[method-assign]

WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000001", "group", "workspace")


@pytest.fixture
def emulator(
    request: pytest.FixtureRequest,
    serve_tls: Callable[..., Any],
    make_emulator: Callable[..., Emulator],
    monkeypatch: pytest.MonkeyPatch,
) -> Emulator:
    """A served emulator that runs no jobs; the environment leads every official client to it.

    Its settings can be given by indirect parametrisation.
    """
    made: list[Emulator] = []

    def app(origin: str) -> Any:
        made.append(make_emulator(origin, **getattr(request, "param", {})))
        return app_of(made[0])

    served = serve_tls(app)
    for name, value in {
        "ARM_CLOUD_METADATA_URL": f"{served.origin}/metadata/endpoints?api-version=2019-05-01",
        "AZUREML_CURRENT_CLOUD": CLOUD_NAME,
        "REQUESTS_CA_BUNDLE": str(served.ca),
        "IDENTITY_ENDPOINT": f"{served.origin}{managed_identity.PATH}",
        "IDENTITY_HEADER": made[0].secrets.identity_header,
        "NO_PROXY": "127.0.0.1,localhost",
        "MLFLOW_TRACKING_URI": "",
    }.items():
        monkeypatch.setenv(name, value)
    return made[0]


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """An emulator in a process of its own, which really runs jobs; shared by all tests that need one."""
    folder = tmp_path_factory.mktemp("live")
    record = start_detached(command_line(), folder / "home", folder / "state")
    yield record
    os.kill(record.pid, signal.SIGTERM)
    os.waitpid(record.pid, 0)


def lead(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment that leads official clients to an emulator in a process of its own."""
    for name, value in {
        "ARM_CLOUD_METADATA_URL": f"{record.origin}/metadata/endpoints?api-version=2019-05-01",
        "AZUREML_CURRENT_CLOUD": CLOUD_NAME,
        "REQUESTS_CA_BUNDLE": record.ca,
        "IDENTITY_ENDPOINT": f"{record.http_origin}{managed_identity.PATH}",
        "IDENTITY_HEADER": record.identity_header,
        "NO_PROXY": "127.0.0.1,localhost",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def ml_client(emulator: Emulator) -> Any:
    """The official client, unmodified."""
    place = (WORKSPACE.subscription, WORKSPACE.resource_group, WORKSPACE.name)
    return MLClient(DefaultAzureCredential(), *place, enable_telemetry=False)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A code folder with a file and a sub-folder."""
    folder = tmp_path / "src"
    (folder / "lib").mkdir(parents=True)
    (folder / "train.py").write_text("print('hello')\n")
    (folder / "lib" / "helper.py").write_text("X = 1\n")
    return folder
