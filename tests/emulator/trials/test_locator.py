"""From references to files of this emulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.resource_id import WorkspaceId
from emulator.place import Place, artifact_container, blob_container
from emulator.storage import Database, assets
from emulator.trials.locator import Locator

WS = WorkspaceId("sub", "group", "space")
BLOBS = blob_container(WS)


@pytest.fixture
def store() -> Database:
    return Database.in_memory()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "artifacts" / BLOBS / "up" / "data.csv"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.mark.parametrize(
    "reference",
    [
        "azureml://datastores/workspaceblobstore/paths/up/data.csv",
        "azureml://subscriptions/sub/resourcegroups/group/workspaces/space/datastores/workspaceblobstore/paths/up/data.csv",
        f"https://127.0.0.1:8443/emu.blob.core.windows.net/{BLOBS}/up/data.csv",
        f"https://localhost:1/{BLOBS}/up/data.csv?sig=x",
    ],
)
def test_blobs_of_this_emulator_are_files(tmp_path: Path, store: Database, file: Path, reference: str) -> None:
    assert Locator(Place(tmp_path)).find(store.reader(), WS, reference, "data") == file


@pytest.mark.parametrize(
    "reference",
    [
        "azureml://datastores/workspaceblobstore/paths/up/other.csv",
        "azureml://datastores/unknown/paths/up/data.csv",
        "azureml://datastores/workspaceblobstore/paths/../../../etc/passwd",
        "https://127.0.0.1:8443/../../etc/passwd",
        "https://account.blob.core.windows.net/container/data.csv",
        "azureml:unknown:1",
        "nonsense",
    ],
)
def test_what_is_not_here_is_not_found(tmp_path: Path, store: Database, file: Path, reference: str) -> None:
    assert Locator(Place(tmp_path)).find(store.reader(), WS, reference, "data") is None


@pytest.mark.parametrize(
    "reference", ["azureml:d:2", WS.child("data", "d", "2"), "azureml:" + WS.child("data", "d", "2")]
)
def test_assets_lead_to_their_content(tmp_path: Path, store: Database, file: Path, reference: str) -> None:
    uri = {"dataUri": "azureml://datastores/workspaceblobstore/paths/up/data.csv"}
    store.write(lambda conn: assets.put(conn, WS, "data", "d", "2", uri, 0.0)).result()
    assert Locator(Place(tmp_path)).find(store.reader(), WS, reference, "data") == file


def test_an_asset_that_leads_to_itself_leads_nowhere(tmp_path: Path, store: Database) -> None:
    store.write(lambda conn: assets.put(conn, WS, "data", "d", "1", {"dataUri": "azureml:d:1"}, 0.0)).result()
    assert Locator(Place(tmp_path)).find(store.reader(), WS, "azureml:d:1", "data") is None


def test_datastores_lead_to_their_containers(tmp_path: Path, store: Database) -> None:
    store.write(lambda conn: assets.put(conn, WS, "datastores", "mine", "", {"containerName": "box"}, 0.0)).result()
    locator, conn = Locator(Place(tmp_path)), store.reader()
    assert locator.target(conn, WS, "azureml://datastores/mine/paths/a/b", "data") == tmp_path / "artifacts/box/a/b"
    assert locator.target(conn, WS, "azureml://datastores/workspaceartifactstore/paths/a", "data") == (
        tmp_path / "artifacts" / artifact_container(WS) / "a"
    )


def test_an_absolute_path_is_itself(tmp_path: Path, store: Database) -> None:
    assert Locator(Place(tmp_path)).find(store.reader(), WS, str(tmp_path), "data") == tmp_path


@pytest.mark.parametrize(
    "reference",
    [
        "azureml://" + "datastores/x/" * 60_000,
        "azureml://datastores/workspaceblobstore/paths/" + "x/" * 60_000,
        "azureml://datastores/workspaceblobstore/paths/" + "x" * 4_000,
        "azureml://datastores/workspaceblobstore/paths/a\0b",
        "https://127.0.0.1/" + "x/" * 60_000,
    ],
)
def test_a_reference_that_no_file_can_have_leads_nowhere(tmp_path: Path, store: Database, reference: str) -> None:
    locator = Locator(Place(tmp_path, "https://127.0.0.1:8443", "http://127.0.0.1:8480"))
    assert locator.find(store.reader(), WS, reference, "data") is None
