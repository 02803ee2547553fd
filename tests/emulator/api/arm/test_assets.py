"""Assets, datastores and computes against the official examples and the published definitions, and what no SDK asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.emulator.api.arm.conftest import WORKSPACE, Client
from tests.emulator.api.arm.test_openapi import without_nulls

BLOBS = "azureml://datastores/workspaceblobstore/paths/x/"


@pytest.fixture
def definitions(corpus: Path) -> dict[str, Any]:
    path = corpus / "openapi" / "machinelearning_2024-01-01-preview_selfcontained.json"
    found: dict[str, Any] = json.loads(path.read_text())["definitions"]
    return found


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("example", "path", "definition"),
    [
        ("Workspace/CodeVersion", "/codes/n/versions/1", "CodeVersionResource"),
        ("Workspace/CodeContainer", "/codes/n", "CodeContainerResource"),
        ("Workspace/DataVersionBase", "/data/n/versions/1", "DataVersionBaseResource"),
        ("Workspace/EnvironmentVersion", "/environments/n/versions/1", "EnvironmentVersionResource"),
        ("Datastore/AzureBlobWAccountKey", "/datastores/n", "DatastoreResource"),
    ],
)
def test_an_official_example_is_answered_as_published(
    client: Client, corpus: Path, definitions: dict[str, Any], example: str, path: str, definition: str
) -> None:
    found = json.loads((corpus / "openapi" / "examples" / example / "createOrUpdate.json").read_text())
    body = found["parameters"]["body"]
    if "containerName" in body["properties"]:
        body["properties"]["containerName"] = "stuff"
    created = client.arm("PUT", path, json=body)
    assert created.status_code == 201, created.text
    document = client.arm("GET", path).json()
    assert document == created.json()
    schema = {"$ref": f"#/definitions/{definition}", "definitions": definitions}
    shown = without_nulls(document)["properties"]
    if "credentials" in shown:  # published, and not in recorded answers
        shown["credentials"]["secrets"] = {"secretsType": shown["credentials"]["credentialsType"]}
    jsonschema.validate(shown, {**schema, **_properties_of(definitions, definition)})
    example_keys = found["responses"]["201"]["body"]["properties"].keys()
    assert example_keys <= document["properties"].keys()
    again = client.arm("PUT", path, json=body)
    # Recorded: an environment that is there answers 201 as well.
    status = 201 if path.startswith("/environments/") else 200
    assert (again.status_code, again.json()["properties"]) == (status, document["properties"])


def _properties_of(definitions: dict[str, Any], definition: str) -> dict[str, Any]:
    found: dict[str, Any] = definitions[definition]["properties"]["properties"]
    return found


@pytest.mark.oracle
def test_a_compute_is_answered_as_published(client: Client, definitions: dict[str, Any]) -> None:
    document = client.arm("GET", "/computes/any").json()
    # Recorded, and not in the published definitions.
    assert document["properties"].pop("provisioningWarnings") == {}
    assert document["properties"]["properties"].pop("propertyBag") == {}
    assert document["properties"]["properties"].pop("enableBatchPrivateLink") is False
    schema = {"$ref": "#/definitions/AmlCompute", "definitions": definitions}
    jsonschema.validate(without_nulls(document["properties"]), schema)


def test_a_code_is_found_by_its_hash_whatever_the_name(client: Client) -> None:
    def put(name: str, content: str) -> None:
        marks = {"hash_sha256": content, "hash_version": 202208}
        body = {"properties": {"codeUri": "u", "isAnonymous": True, "properties": marks}}
        assert client.arm("PUT", f"/codes/{name}/versions/1", json=body).status_code == 201

    put("one", "aaa")
    put("two", "bbb")

    def found(**query: str) -> list[str]:
        value = client.arm("GET", "/codes/random/versions", params=query).json()["value"]
        return [one["id"].split("/codes/")[1] for one in value]

    assert found(hash="bbb", hashVersion="202208") == ["two/versions/1"]
    assert found(hash="bbb", hashVersion="1") == []
    assert found(hash="ccc", hashVersion="202208") == []


def test_a_pending_upload_opens_a_container_of_its_own_each_time_the_same(client: Client) -> None:
    path = "/codes/c/versions/1/startPendingUpload"
    first, again = (client.arm("POST", path).json()["blobReferenceForConsumption"] for _ in range(2))
    other = client.arm("POST", "/codes/c/versions/2/startPendingUpload").json()["blobReferenceForConsumption"]
    assert first["blobUri"] == again["blobUri"] != other["blobUri"]
    uri, _, sas = first["credential"]["sasUri"].partition("?")
    put = client.request("PUT", f"{uri}/src/a.py?{sas}", content=b"x", headers={"x-ms-blob-type": "BlockBlob"})
    assert put.status_code == 201
    elsewhere = client.request("PUT", f"{other['blobUri']}/a.py?{sas}", content=b"x", headers={})
    assert elsewhere.status_code == 403


@pytest.mark.parametrize(("collection", "key"), [("models", "modelUri"), ("data", "dataUri")])
def test_the_output_of_a_job_is_registered_as_its_datastore_path(
    client: Client, sweep: dict[str, Any], collection: str, key: str
) -> None:
    client.arm("PUT", "/jobs/s", json=sweep)
    path = "azureml://jobs/s/outputs/artifacts/paths/model/"
    made = client.arm("PUT", f"/{collection}/m/versions/1", json={"properties": {key: path}})
    stored = f"/workspaces/{WORKSPACE.name}/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.s/model/"
    assert made.status_code == 201
    assert made.json()["properties"][key].endswith(stored)
    assert made.json()["properties"]["jobName"] == "s"
    again = client.arm("PUT", f"/{collection}/m/versions/1", json={"properties": {key: path}})
    assert again.status_code == 200
    refused = client.arm("PUT", f"/{collection}/m/versions/2", json={"properties": {key: "azureml://jobs/s/outputs/x"}})
    assert refused.status_code == 400
    assert "job s has no output 'x'" in refused.json()["error"]["message"]


def test_a_container_knows_its_latest_and_next_version(client: Client) -> None:
    for version in ("1", "7", "beta"):
        body = {"properties": {"dataUri": BLOBS, "dataType": "uri_folder"}}
        client.arm("PUT", f"/data/d/versions/{version}", json=body)
    properties = client.arm("GET", "/data/d").json()["properties"]
    assert (properties["latestVersion"], properties["nextVersion"]) == ("beta", "8")


def test_versions_come_in_pages_in_either_order_and_no_more_than_asked(client: Client) -> None:
    for number in range(60):
        client.arm("PUT", f"/environments/e/versions/{number}", json={"properties": {"image": str(number)}})

    def names(**query: str) -> list[str]:
        page = client.arm("GET", "/environments/e/versions", params=query).json()
        found = [one["name"] for one in page["value"]]
        while "nextLink" in page:
            page = client.request("GET", page["nextLink"]).json()
            found += [one["name"] for one in page["value"]]
        return found

    ascending = [str(number) for number in range(60)]
    assert names() == ascending[::-1]
    assert names(**{"$orderBy": "createdtime asc"}) == ascending
    assert names(**{"$orderBy": "createdtime desc", "$top": "1"}) == ["59"]
    assert names(**{"$top": "55"}) == ascending[:4:-1]


def test_archived_versions_are_in_the_lists_that_ask_for_them(client: Client) -> None:
    for version, archived in [("1", False), ("2", True)]:
        body = {"properties": {"image": "i", "isArchived": archived}}
        client.arm("PUT", f"/environments/e/versions/{version}", json=body)

    def names(view: str) -> list[str]:
        value = client.arm("GET", "/environments/e/versions", params={"listViewType": view}).json()["value"]
        return [one["name"] for one in value]

    assert (names("ActiveOnly"), names("ArchivedOnly"), names("All")) == (["1"], ["2"], ["2", "1"])


def test_anonymous_environments_are_in_no_list(client: Client) -> None:
    body = {"properties": {"image": "i", "isAnonymous": True}}
    path = "/environments/CliV2AnonymousEnvironment/versions/abc"
    assert client.arm("PUT", path, json=body).status_code == 201
    assert client.arm("GET", "/environments").json()["value"] == []
    assert client.arm("GET", path).status_code == 200


def test_deleting_a_container_takes_its_versions(client: Client) -> None:
    client.arm("PUT", "/environments/e/versions/1", json={"properties": {"image": "i"}})
    assert client.arm("DELETE", "/environments/e").status_code == 200
    assert client.arm("GET", "/environments/e/versions/1").status_code == 404
    assert client.arm("DELETE", "/environments/e").status_code == 204


def test_a_code_uri_follows_the_emulator_to_another_port(client: Client) -> None:
    old = "https://127.0.0.1:1/emu.blob.core.windows.net/c/src"
    client.arm("PUT", "/codes/c/versions/1", json={"properties": {"codeUri": old}})
    shown = client.arm("GET", "/codes/c/versions/1").json()["properties"]["codeUri"]
    assert shown == f"{client.emulator.place.https_origin}/emu.blob.core.windows.net/c/src"
    again = client.arm("PUT", "/codes/c/versions/1", json={"properties": {"codeUri": shown}})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/data/absent", None, 404, "UserError"),
        ("GET", "/components/absent/versions/1", None, 404, "NotFound"),
        ("PUT", "/data/d/versions/1", [], 400, "UserError"),
        ("PUT", "/data/d/versions/1", {"properties": None}, 400, "UserError"),
        ("PUT", "/data/a b/versions/1", {"properties": {}}, 400, "UserError"),
        ("GET", "/data/d/versions?$top=x", None, 400, "UserError"),
        ("GET", "/data?listViewType=Some", None, 400, "UserError"),
        ("GET", "/datastores/absent", None, 404, "UserError"),
        ("POST", "/datastores/absent/listSecrets", None, 404, "UserError"),
        ("PUT", "/datastores/workspaceblobstore", {"properties": {"datastoreType": "AzureBlob"}}, 400, "UserError"),
        ("PUT", "/datastores/d", {"properties": {"datastoreType": "AzureFile"}}, 400, "UserError"),
        (
            "PUT",
            "/datastores/d",
            {"properties": {"datastoreType": "AzureBlob", "containerName": "../up"}},
            400,
            "UserError",
        ),
        ("DELETE", "/datastores/workspaceblobstore", None, 400, "UserError"),
        ("PUT", "/computes/c1", {"properties": {"computeType": "Kubernetes"}}, 400, "UserError"),
        ("PUT", "/computes/1", {"properties": {"computeType": "AmlCompute"}}, 400, "UserError"),
    ],
)
def test_refusals(client: Client, method: str, path: str, body: Any, status: int, code: str) -> None:
    path, _, query = path.partition("?")
    params = dict([query.split("=")]) if query else {}
    answer = client.arm(method, path, params=params, **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_datastore_shows_the_emulators_account_and_never_its_secrets(client: Client) -> None:
    body = {
        "properties": {
            "datastoreType": "AzureBlob",
            "accountName": "real",
            "containerName": "stuff",
            "credentials": {
                "credentialsType": "AccountKey",
                "secrets": {"secretsType": "AccountKey", "key": "c2VjcmV0"},
            },
        }
    }
    created = client.arm("PUT", "/datastores/mine", json=body)
    assert "c2VjcmV0" not in created.text
    assert created.json()["properties"]["accountName"] == "127.0.0.1:8443/emu"
    assert created.json()["id"] == f"{WORKSPACE}/datastores/mine"
    assert client.arm("GET", "/datastores", params={"isDefault": "true"}).json()["value"][0]["name"] == (
        "workspaceblobstore"
    )
