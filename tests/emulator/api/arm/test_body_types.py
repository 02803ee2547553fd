"""Bodies of wrong JSON types are refused before they are stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.api.arm.conftest import Client


@pytest.mark.parametrize(
    ("path", "properties", "where"),
    [
        ("/computes/cpu", {"computeType": "AmlCompute", "properties": "x"}, "properties.properties"),
        (
            "/computes/cpu",
            {"computeType": "AmlCompute", "properties": {"scaleSettings": []}},
            "properties.properties.scaleSettings",
        ),
        ("/data/d/versions/1", {"dataUri": 3}, "properties.dataUri"),
        ("/data/d/versions/1", {"dataUri": "x" * 9_000}, "properties.dataUri"),
        ("/data/d", {"tags": "x"}, "properties.tags"),
        ("/codes/c/versions/1", {"codeUri": "x", "properties": {"hash_sha256": []}}, "properties.properties"),
        ("/codes/c/versions/1", {"codeUri": "x", "properties": "x"}, "properties.properties"),
        ("/environments/e/versions/1", {"image": {}}, "properties.image"),
        ("/datastores/s", {"datastoreType": "AzureBlob", "containerName": []}, "properties.containerName"),
        ("/datastores/s", {"datastoreType": "AzureBlob", "containerName": "ccc", "tags": []}, "properties.tags"),
    ],
)
def test_a_body_of_a_wrong_type_is_refused_and_nothing_is_stored(
    client: Client, path: str, properties: Any, where: str
) -> None:
    answer = client.arm("PUT", path, json={"properties": properties})
    assert (answer.status_code, answer.json()["error"]["target"]) == (400, where)
    container = "/" + path.split("/")[1]
    listed = client.arm("GET", container)
    assert listed.status_code == 200
    assert all(one["name"] not in path.split("/") for one in listed.json()["value"])


def test_an_experiment_can_have_the_name_that_another_one_had(client: Client, sweep: Any) -> None:
    assert client.arm("PUT", "/jobs/a", json=sweep).status_code == 201
    store = client.emulator.store
    store.write(lambda conn: conn.execute("UPDATE experiments SET name = 'other'").rowcount).result()
    assert client.arm("PUT", "/jobs/b", json=sweep).status_code == 201
