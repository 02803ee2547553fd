"""The scenarios of a sweep's creation hold on what the real service answered, and on the emulator for the same body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from amlet.testing.targets import emulator
from contracts.suite.bodies import Json
from contracts.suite.scenario import prepared
from contracts.suite.scenarios import Creation
from contracts.suite.target import NotCovered, Request, Response, Surroundings, Target
from contracts.suite.workspace import Workspace


class Recording:
    """The recorded sweep, whatever name it is asked for by.

    Parameters:
        entries: of the recording: `method`, `uri`, `request`, `status`, `response_headers`, `response`.
    """

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        path = urlsplit(entries[0]["uri"]).path
        workspace, _, self._name = path.rpartition("/jobs/")
        self.surroundings = Surroundings(workspace)
        self._entries = {entry["method"]: entry for entry in entries}

    def send(self, request: Request) -> Response:
        path, _, name = urlsplit(request.url).path.rpartition("/jobs/")
        entry = self._entries.get(request.method)
        if entry is None or path != self.surroundings.workspace or "/" in name:
            raise NotCovered(f"{request.method} {request.url} is not in the recording")
        if request.body is not None:
            assert json.loads(request.body) == entry["request"]
        headers = {key.lower(): self._renamed(value, name) for key, value in entry["response_headers"].items()}
        document = json.loads(self._renamed(json.dumps(entry["response"]), name)) | {"name": name}
        return Response(entry["status"], headers, json.dumps(document).encode())

    def _renamed(self, text: str, name: str) -> str:
        """With the name that is asked for where the name is part of an id or a URL."""
        return text.replace(f"/jobs/{self._name}", f"/jobs/{name}").replace(f"/runs/{self._name}", f"/runs/{name}")

    def pause(self, seconds: float) -> None:
        """Nothing changes in a recording."""


@pytest.fixture(scope="session")
def recorded(corpus: Path) -> list[dict[str, Any]]:
    """The entries of the recorded sweep."""
    entries: list[dict[str, Any]] = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())[
        "entries"
    ]
    return entries


class RecordedCreation(Creation):
    """The creation of the very sweep that was recorded."""

    recorded: list[dict[str, Any]]

    @pytest.fixture(autouse=True)
    def _recorded(self, recorded: list[dict[str, Any]]) -> None:
        self.recorded = recorded

    @prepared
    def body(self, workspace: Workspace) -> Json:
        service = self.recorded[0]["uri"].partition("/jobs/")[0]
        sent: Json = json.loads(json.dumps(self.recorded[0]["request"]).replace(service, workspace.id))
        return sent


@pytest.mark.oracle
class TestOnTheService(RecordedCreation):
    @pytest.fixture
    def target(self, recorded: list[dict[str, Any]]) -> Target:
        return Recording(recorded)


@pytest.mark.oracle
class TestOnTheEmulator(RecordedCreation):
    @pytest.fixture(scope="class")
    @classmethod
    def target(cls) -> Iterator[Target]:
        with emulator("") as opened:
            yield opened
