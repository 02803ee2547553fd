"""`/_amlet/` in this process, of an emulator with virtual time whose jobs really go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from amlet.testing.emulator_instance import signing_key
from contracts.resource_id import WorkspaceId
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.executors.base import Attempt
from emulator.place import Place
from emulator.services.context import Emulator
from emulator.settings import Settings
from emulator.simulation.curve import Curve, evenly

WORKSPACE = WorkspaceId("s", "g", "w")
START = 1_767_225_600.0
API = "api-version=2024-10-01"

Send = Callable[..., httpx.Response]


def curve_for(task: Attempt) -> Curve:
    """Every trial lasts an hour."""
    return evenly([0.1, 0.2, 0.3], 3600)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    config = EmulatorConfig(
        Settings().with_values({"auth": "any"}),
        virtual=True,
        start=START,
        frozen=True,
        curve_for=curve_for,
        signing_key=signing_key(),
    )
    emulator = build(config, Place(tmp_path))
    emulator.job_runner.start()
    yield emulator
    emulator.job_runner.stop()
    emulator.store.close()


@pytest.fixture
def send(emulator: Emulator, ask: Callable[..., httpx.Response]) -> Send:
    """`send("POST", "/_amlet/clock", json={...})`."""
    app = app_of(emulator)

    def request(method: str, url: str, **options: Any) -> httpx.Response:
        options.setdefault("headers", {"Authorization": "Bearer t"})
        return ask(app, method, url, **options)

    return request


def job_url(name: str, rest: str = "") -> str:
    return f"{WORKSPACE}/jobs/{name}{rest}?{API}"


def put_sweep(send: Send, name: str = "one", **limits: Any) -> None:
    """Submit a sweep of two trials."""
    body = {
        "properties": {
            "jobType": "Sweep",
            "searchSpace": {"lr": ["uniform", [0.001, 0.1]]},
            "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
            "objective": {"goal": "maximize", "primaryMetric": "accuracy"},
            "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 2, "maxConcurrentTrials": 2, **limits},
            "trial": {"command": "python t.py --lr ${{search_space.lr}}", "environmentId": "azureml:e:1"},
        }
    }
    answer = send("PUT", job_url(name), json=body)
    assert answer.status_code == 201, answer.text


def status_of(send: Send, name: str = "one") -> str:
    return str(send("GET", job_url(name)).json()["properties"]["status"])
