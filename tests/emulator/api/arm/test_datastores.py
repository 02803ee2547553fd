"""Datastores: types, accounts and secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.api.arm.conftest import Client

NONE = {"credentialsType": "None"}
KEY = {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": "a2V5"}}
TYPES = {
    "AzureBlob": {"accountName": "theirs", "containerName": "stuff"},
    "AzureFile": {"accountName": "theirs", "fileShareName": "share"},
    "AzureDataLakeGen2": {"accountName": "theirs", "filesystem": "lake"},
    "AzureDataLakeGen1": {"storeName": "store"},
}
EXPIRABLE = {"expirableSecret": True, "expireAfterHours": 2}


def put(client: Client, kind: str = "AzureBlob", credentials: Any = KEY) -> Any:
    body = {"properties": {"datastoreType": kind, **TYPES[kind], "credentials": credentials}}
    answer = client.arm("PUT", "/datastores/d", json=body, params={"skipValidation": "true"})
    assert answer.status_code == 201, answer.text
    assert "skipValidation=true" in answer.headers["location"]
    return answer.json()["properties"]


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_is_kept_and_no_secret_is_shown(make_client: Callable[..., Client], kind: str) -> None:
    client = make_client(datastore_accounts="given")
    shown = put(client, kind)
    assert {key: shown[key] for key in TYPES[kind]} == TYPES[kind]
    assert (shown["datastoreType"], shown["credentials"]) == (kind, {"credentialsType": "AccountKey"})


def test_clients_are_led_to_the_emulator_s_own_account_by_default(client: Client) -> None:
    assert put(client)["accountName"] == "127.0.0.1:8443/emu"


def test_secrets_that_expire_are_a_signature_for_the_account(client: Client) -> None:
    path = "/datastores/workspaceblobstore/listSecrets"
    given = client.arm("POST", path, json=EXPIRABLE).json()
    assert given["secretsType"] == "Sas"
    assert given["sasToken"].startswith("?sv=")
    assert given["sasToken"].endswith("srt=co&ss=bf&sp=rcuwdl")
    store = client.arm("GET", "/datastores/workspaceblobstore").json()["properties"]
    url = f"https://{store['accountName']}.blob.core.windows.net/{store['containerName']}/a.txt{given['sasToken']}"
    made = client.request("PUT", url, content=b"x", headers={"x-ms-blob-type": "BlockBlob"})
    assert (made.status_code, client.request("GET", url, headers={}).content) == (201, b"x")
    assert client.request("GET", url.replace("sp=rcuwdl", "sp=rw"), headers={}).status_code == 403


def test_secrets_that_do_not_expire_and_those_of_artifacts_are_the_key(client: Client) -> None:
    for store, body in (("workspaceblobstore", {}), ("workspaceartifactstore", EXPIRABLE)):
        given = client.arm("POST", f"/datastores/{store}/listSecrets", json=body).json()
        assert given["secretsType"] == "AccountKey"


def test_a_datastore_without_credentials_has_no_secrets(client: Client) -> None:
    put(client, credentials=NONE)
    answer = client.arm("POST", "/datastores/d/listSecrets", json=EXPIRABLE)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "No secrets for credentials of type None."


def test_the_newest_is_listed_first_and_the_workspace_s_own_are_there(client: Client) -> None:
    put(client)
    names = [one["name"] for one in client.arm("GET", "/datastores").json()["value"]]
    assert names == ["d", "workspaceartifactstore", "workspaceblobstore", "workspacefilestore"]
