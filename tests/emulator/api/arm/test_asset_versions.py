"""Documents of assets have the shape of the api-version that is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.api.arm.conftest import Client

BODIES: dict[str, dict[str, Any]] = {
    "environments": {"image": "img"},
    "data": {"dataType": "uri_file", "dataUri": "azureml://datastores/workspaceblobstore/paths/x.csv"},
    "models": {"modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/m"},
    "components": {"componentSpec": {"name": "a", "command": "true", "environment": "azureml:e:1", "type": "command"}},
}
PREVIEW = {"autoDeleteSetting", "stage"}


def _members(client: Client, kind: str, version: str) -> list[set[str]]:
    """The members of PUT, GET and list."""
    put = client.arm("PUT", f"/{kind}/a/versions/1", json={"properties": BODIES[kind]}, api=version)
    got = client.arm("GET", f"/{kind}/a/versions/1", api=version)
    (listed,) = client.arm("GET", f"/{kind}/a/versions", api=version).json()["value"]
    return [set(one["properties"]) for one in (put.json(), got.json(), listed)]


@pytest.mark.parametrize("kind", BODIES)
def test_previews_have_members_that_stable_versions_have_not(client: Client, kind: str) -> None:
    for members in _members(client, kind, "2023-04-01-preview"):
        assert members >= PREVIEW
    for members in _members(client, kind, "2025-12-01"):
        assert not members & {"autoDeleteSetting", "intellectualProperty"}
        assert ("stage" in members) == (kind in ("environments", "models"))


@pytest.mark.parametrize("kind", BODIES)
def test_the_first_versions_have_no_states(client: Client, kind: str) -> None:
    for members in _members(client, kind, "2022-05-01"):
        assert not members & {*PREVIEW, "intellectualProperty", "provisioningState"}
    container = client.arm("GET", f"/{kind}/a", api="2022-05-01").json()
    assert "provisioningState" not in container["properties"]
