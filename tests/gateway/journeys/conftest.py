"""Where a journey takes place: an emulator in this process, one over TLS, a recording of it, a real workspace.

The real one is AMLET_LIVE_WORKSPACE (its ARM id), with AMLET_LIVE_COMPUTE and AMLET_LIVE_ENVIRONMENT; the user
who runs it is signed in. What a journey made is canceled and deleted afterwards.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from amlet.testing import InProcessEmulator, ServedEmulator
from contracts.resource_id import WorkspaceId
from gateway import MLClient
from gateway.exceptions import HttpResponseError
from gateway.transport.recording import RecordingTransport
from gateway.transport.replay import ReplayTransport

LIVE = "AMLET_LIVE_WORKSPACE"
CURATED = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest"


@dataclass
class Place:
    """A workspace to make things in, and what was made.

    Parameters:
        client: the way there.
        prefix: begins the name of everything that is made.
        environment, compute: of jobs.
    """

    client: MLClient
    prefix: str = "journey"
    environment: str = "azureml:e:1"
    compute: str | None = "cpu"
    made: list[str] = field(default_factory=list)

    def name(self, what: str) -> str:
        """The name of a job, which is deleted at the end."""
        self.made.append(f"{self.prefix}-{what}")
        return self.made[-1]

    def leave(self) -> None:
        """Stop and delete what was made."""
        for name in self.made:
            try:
                self.client.jobs.begin_cancel(name).result(timeout=600)
                self.client.jobs.wait(name, timeout=600)
            except (HttpResponseError, TimeoutError):
                pass  # it has ended already, or was never made
            try:
                self.client.jobs.begin_delete(name).result(timeout=600)
            except HttpResponseError as error:
                print(f"left behind in the workspace: {name} ({error})")


Journey = Callable[[Place], Any]
Travel = Callable[[Journey], Any]


@pytest.fixture(
    params=["in-process", "tls", "replay", pytest.param("live", marks=pytest.mark.live)],
)
def travel(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Travel]:
    """`travel(journey)`: make a journey there, and see what it gave."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as open_places:
        yield {"in-process": _in_process, "tls": _over_tls, "replay": _replayed, "live": _live}[request.param](
            open_places, tmp_path
        )


def _in_process(places: ExitStack, folder: Path) -> Travel:
    emulator = places.enter_context(InProcessEmulator(objective=_objective))
    return lambda journey: journey(Place(emulator.client()))


def _over_tls(places: ExitStack, folder: Path) -> Travel:
    emulator = places.enter_context(ServedEmulator(objective=_objective))
    return lambda journey: journey(Place(emulator.client()))


def _replayed(places: ExitStack, folder: Path) -> Travel:
    """The journey is recorded, and made a second time from the recording: it gives the same."""
    emulator = places.enter_context(InProcessEmulator(objective=_objective))
    cassette = folder / "journey.cassette.json"

    def travel(journey: Journey) -> Any:
        client = emulator.client()
        client.connection.transport = RecordingTransport(emulator.transport, cassette)
        recorded = journey(Place(client))
        replay = ReplayTransport.open(cassette)
        again = MLClient(replay.credential, "other", "group", "mine", base_url=replay.base_url, transport=replay)
        assert journey(Place(again)) == recorded
        assert replay.unserved == []
        return recorded

    return travel


def _live(places: ExitStack, folder: Path) -> Travel:
    if not os.environ.get(LIVE):
        pytest.skip(f"{LIVE} names no workspace")
    there = WorkspaceId.parse(os.environ[LIVE])
    client = places.enter_context(MLClient(None, there.subscription, there.resource_group, there.name))
    place = Place(
        client,
        f"journey-{secrets.token_hex(4)}",
        os.environ.get("AMLET_LIVE_ENVIRONMENT") or CURATED,
        os.environ.get("AMLET_LIVE_COMPUTE") or None,
    )
    places.callback(place.leave)
    return lambda journey: journey(place)


def _objective(lr: float = 0.5, **others: Any) -> float:
    """What the script of the journeys logs."""
    return 1 - lr
