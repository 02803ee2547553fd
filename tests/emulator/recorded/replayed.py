"""Sends the recorded exchanges to an emulator of this process, and says where its answers differ."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from amlet.testing.in_process import InProcessEmulator
from amlet.testing.targets.over_transport import TransportTarget
from contracts.resource_id import WorkspaceId
from contracts.suite.difference import Difference
from contracts.suite.exchange import Exchange, Replay, Step
from contracts.suite.target import Surroundings
from contracts.suite.workspace import Workspace
from emulator.engine.settings import StateDurations
from emulator.settings import Settings

Profile = Literal["default", "azure-like"]
PROFILES: tuple[Profile, ...] = ("default", "azure-like")

#: The recordings name a workspace `ws` in a resource group `rg`.
WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000000", "rg", "ws")

#: As many nodes as all trials need, so that none waits for another one's end.
_PROJECT = """\
computes:
  - {name: testCompute, nodes: 64}
  - {name: cpu-cluster, nodes: 2}
strict: [computes]
"""

_INDEX = re.compile(r"\[\d+\]")


def exchanges(folder: Path) -> list[Exchange]:
    """The recorded exchanges in their order."""
    return [Exchange.from_json(json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.json"))]


@cache
def replayed(folder: Path, profile: Profile) -> dict[str, list[Difference]]:
    """The differences of each exchange by its id.

    Parameters:
        folder: of the recorded exchanges.
        profile: of the emulator.
    """
    settings = _soon(Settings.azure_like()) if profile == "azure-like" else Settings()
    with TemporaryDirectory() as temporary:
        project = Path(temporary) / "amlet.yml"
        project.write_text(_PROJECT, "utf-8")
        with InProcessEmulator(executor="process", settings=settings, project=project, workspace=WORKSPACE) as emulator:
            target = TransportTarget(
                emulator.transport,
                Surroundings(str(WORKSPACE)),
                control_plane=emulator.origin,
                token=emulator.token,
                pause=emulator.sleep,
            )
            workspace = Workspace(target, "recorded")
            replay = Replay(f"{emulator.origin}/emu.blob.core.windows.net")
            found = exchanges(folder)
            for step in _made_before(found):
                replay.send(step, workspace)
            return {one.id: replay.differences(one, workspace) for one in found}


def kinds_of(differences: list[Difference]) -> set[str]:
    """Their paths without positions in lists, each once."""
    return {_INDEX.sub("[]", one.path) for one in differences}


def _soon(settings: Settings) -> Settings:
    """The same settings, but for the minute and a half that jobs wait before they run."""
    return replace(settings, engine=replace(settings.engine, durations=StateDurations(starting=1.0, preparing=1.0)))


def _made_before(found: list[Exchange]) -> list[Step]:
    """What the exchanges need that only exchanges which are kept back made: a code, a sweep, a datastore."""
    await_ = next(one for one in found if one.id == "sweep-put-await").step
    body = json.loads(json.dumps(await_.body).replace("sw-await", "sw-min"))
    return [
        _put("codes/code-fidelity/versions/1", "2023-04-01", _CODE),
        _put("jobs/sw-min", await_.query["api-version"], body),
        _put("datastores/dsnone", "2024-07-01-preview", _DATASTORE),
    ]


_CODE = {
    "properties": {
        "codeUri": "https://account.blob.core.windows.net/container/code",
        "isAnonymous": False,
        "properties": {"hash_sha256": "a" * 64, "hash_version": "202208"},
    }
}

_DATASTORE = {
    "properties": {
        "datastoreType": "AzureBlob",
        "accountName": "y",
        "containerName": "testblob",
        "endpoint": "core.windows.net",
        "protocol": "https",
        "credentials": {"credentialsType": "None"},
    }
}


def _put(path: str, version: str, body: Any) -> Step:
    return Step("PUT", f"{{W}}/{path}", {"api-version": version}, body)
