"""Every kind of asset has containers and versions, which are made, read, listed and removed alike."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.api.arm.conftest import Client

BLOBS = "azureml://datastores/workspaceblobstore/paths/x/"
KINDS: dict[str, dict[str, Any]] = {
    "codes": {"codeUri": BLOBS},
    "components": {"componentSpec": {"command": "true", "type": "command"}},
    "data": {"dataUri": BLOBS, "dataType": "uri_folder"},
    "environments": {"image": "img"},
    "models": {"modelUri": BLOBS, "modelType": "custom_model"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_versions_are_made_read_listed_and_removed(client: Client, kind: str) -> None:
    version = f"/{kind}/n/versions/1"
    made = client.arm("PUT", version, json={"properties": KINDS[kind]})
    assert made.status_code == 201
    assert client.arm("GET", version).json() == made.json()
    assert client.arm("GET", f"/{kind}/n/versions").json()["value"] == [made.json()]
    again = client.arm("PUT", version, json={"properties": KINDS[kind]})
    assert again.status_code == (201 if kind == "environments" else 200)
    assert made.headers["location"] == again.headers["location"]
    assert made.headers["location"].partition("?")[0].endswith(version)
    assert client.arm("DELETE", version).status_code == 200
    assert client.arm("GET", version).status_code == 404
    assert client.arm("DELETE", version).status_code == 204


@pytest.mark.parametrize("kind", KINDS)
def test_containers_are_made_read_listed_and_removed_with_their_versions(client: Client, kind: str) -> None:
    container = f"/{kind}/n"
    made = client.arm("PUT", container, json={"properties": {"description": "d", "tags": {"a": "1"}}})
    assert made.status_code == 201
    assert client.arm("GET", container).json() == made.json()
    assert client.arm("GET", f"/{kind}").json()["value"] == [made.json()]
    changed = client.arm("PUT", container, json={"properties": {"description": "e"}}).json()["properties"]
    assert (changed["description"], changed["tags"]) == ("e", {"a": "1"})
    client.arm("PUT", f"{container}/versions/1", json={"properties": KINDS[kind]})
    assert client.arm("DELETE", container).status_code == 200
    assert client.arm("GET", f"/{kind}").json()["value"] == []
    assert client.arm("GET", f"{container}/versions/1").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_a_fetched_version_can_be_put_again_with_what_may_change(client: Client, kind: str) -> None:
    version, more = f"/{kind}/n/versions/1", {"condaFile": "name: e\n"} if kind == "environments" else {}
    client.arm("PUT", version, json={"properties": {**KINDS[kind], **more}})
    fetched = client.arm("GET", version).json()["properties"]
    answer = client.arm("PUT", version, json={"properties": {**fetched, "isArchived": True}})
    assert answer.status_code in (200, 201), answer.text
    shown = answer.json()["properties"]
    assert {**fetched, "isArchived": True} == shown
