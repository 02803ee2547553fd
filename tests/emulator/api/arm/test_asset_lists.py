"""What lists of versions can be narrowed to, and the names that only clients use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.api.arm.conftest import Client

BLOBS = "azureml://datastores/workspaceblobstore/paths/x/"


@pytest.fixture
def models(client: Client) -> Client:
    """A client of an emulator with three versions of a model."""
    for version, more in {
        "1": {"tags": {"team": "a"}, "description": "first"},
        "2": {"tags": {"team": "b"}, "properties": {"p": "1"}, "stage": "Production"},
        "3": {},
    }.items():
        body = {"properties": {"modelUri": BLOBS, "modelType": "custom_model", **more}}
        assert client.arm("PUT", f"/models/m/versions/{version}", json=body).status_code == 201
    return client


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"tags": "team"}, ["2", "1"]),
        ({"$tags": "team=a"}, ["1"]),
        ({"properties": "p=1"}, ["2"]),
        ({"properties": "p=2"}, []),
        ({"stage": "Production"}, ["2"]),
        ({"description": "first"}, ["1"]),
        ({"version": "3"}, ["3"]),
    ],
)
def test_versions_can_be_narrowed(models: Client, query: dict[str, str], expected: list[str]) -> None:
    found = models.arm("GET", "/models/m/versions", params=query).json()["value"]
    assert [one["name"] for one in found] == expected


def test_the_prefix_that_clients_leave_on_a_name_is_no_part_of_it(models: Client) -> None:
    assert models.arm("GET", "/models/azureml%3Am").json()["properties"]["latestVersion"] == "3"
    assert models.arm("GET", "/models/azureml%3Am/versions/3").json()["name"] == "3"


def _component(spec: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"componentSpec": {"command": "true", "name": "c", **spec}}}


def test_the_default_version_of_a_component_is_its_latest(client: Client) -> None:
    for version in ("1", "2"):
        client.arm("PUT", f"/components/c/versions/{version}", json=_component({}))
    assert client.arm("GET", "/components/c/versions/azureml_default").json()["name"] == "2"
    assert client.arm("GET", "/components/d/versions/azureml_default").status_code == 404


def test_what_a_client_adds_to_a_component_it_fetched_is_no_change(client: Client) -> None:
    first = client.arm("PUT", "/components/c/versions/1", json=_component({"_source": "YAML.COMPONENT"})).json()
    added = {"_source": "REMOTE.WORKSPACE.COMPONENT", "id": "azureml:x", "creation_context": {}}
    again = client.arm("PUT", "/components/c/versions/1", json=_component(added))
    assert again.status_code == 200
    assert again.json()["properties"]["componentSpec"] == first["properties"]["componentSpec"]
    assert client.arm("PUT", "/components/c/versions/1", json=_component({"command": "false"})).status_code == 409
