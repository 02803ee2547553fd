from __future__ import annotations

from typing import Any

from contracts.resource_id import WorkspaceId
from tests.emulator.api.arm.conftest import API, WORKSPACE, Client


def test_any_workspace_is_there_when_it_is_asked_for(client: Client) -> None:
    workspace = WorkspaceId("any", "thing", "x")
    answer = client.request("GET", str(workspace), params={"api-version": API}).json()
    assert (answer["id"], answer["name"]) == (str(workspace), "x")
    properties = answer["properties"]
    assert properties["mlFlowTrackingUri"] == f"azureml://127.0.0.1:8443/mlflow/v1.0{workspace}"
    assert properties["discoveryUrl"] == "https://127.0.0.1:8443/discovery"


def test_a_workspace_has_the_same_guid_in_any_letter_case(client: Client) -> None:
    upper = str(WORKSPACE).replace("group", "GROUP").replace("/workspace", "/WORKSPACE")
    guids = {
        client.request("GET", path, params={"api-version": API}).json()["properties"]["workspaceId"]
        for path in (str(WORKSPACE), upper.replace("WORKSPACEs/", "workspaces/"))
    }
    assert len(guids) == 1


def test_lists_hold_the_workspaces_that_were_used(client: Client, sweep: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/j", json=sweep)
    in_subscription = f"/subscriptions/{WORKSPACE.subscription}"
    provider = "providers/Microsoft.MachineLearningServices/workspaces"
    for path in (
        f"{in_subscription}/{provider}",
        f"{in_subscription}/resourceGroups/{WORKSPACE.resource_group}/{provider}",
    ):
        answer = client.request("GET", path, params={"api-version": API}).json()
        assert [workspace["id"] for workspace in answer["value"]] == [str(WORKSPACE)]
    other = client.request("GET", f"/subscriptions/other/{provider}", params={"api-version": API}).json()
    assert other == {"value": []}


def test_an_operation_that_never_was_is_not_found(client: Client) -> None:
    path = "/subscriptions/s/providers/Microsoft.MachineLearningServices/locations/local/mfeOperationResults/xx:1"
    answer = client.request("GET", path, params={"api-version": API})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


def test_a_workspace_that_was_asked_for_is_listed(client: Client) -> None:
    provider = f"/subscriptions/{WORKSPACE.subscription}/providers/Microsoft.MachineLearningServices/workspaces"
    assert client.request("GET", provider, params={"api-version": API}).json()["value"] == []
    shown = client.arm("GET").json()
    assert client.request("GET", provider, params={"api-version": API}).json()["value"] == [shown]


def test_its_keys_are_those_of_the_storage_account(client: Client) -> None:
    key = client.emulator.secrets.account_key
    assert client.arm("POST", "/listKeys").json()["userStorageKey"] == key
    assert client.arm("POST", "/listStorageAccountKeys").json() == {"userStorageKey": key}
