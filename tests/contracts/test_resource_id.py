from __future__ import annotations

import pytest

from contracts.resource_id import ResourceId, WorkspaceId, is_arm_id, short_name

WS = WorkspaceId("s1", "rg", "ws")


def test_a_workspace_id_is_the_text_arm_uses() -> None:
    assert str(WS) == "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws"


@pytest.mark.parametrize(
    "text",
    [
        str(WS),
        str(WS).lower().replace("microsoft.machinelearningservices", "Microsoft.MachineLearningServices"),
        "/subscriptions/s1/resourcegroups/rg/workspaces/ws",
        "subscriptions/s1/resourceGroups/rg/workspaces/ws/jobs/j",
    ],
)
def test_the_spellings_of_a_workspace_are_read(text: str) -> None:
    assert WorkspaceId.parse(text) == WS


def test_something_else_is_refused_with_the_expected_form() -> None:
    with pytest.raises(ValueError, match="expected /subscriptions/SUB"):
        WorkspaceId.parse("/subscriptions/s1")


@pytest.mark.parametrize(
    ("collection", "name", "version"), [("jobs", "j", None), ("codes", "c", "1"), ("environments", "e", "2.0")]
)
def test_a_resource_id_round_trips(collection: str, name: str, version: str | None) -> None:
    resource = ResourceId(WS, collection, name, version)
    assert ResourceId.parse(str(resource)) == resource
    assert ResourceId.parse("azureml:" + str(resource)) == resource


@pytest.mark.parametrize("text", [str(WS), "cpu-cluster", "azureml://datastores/d/paths/p"])
def test_what_is_no_resource_of_a_workspace_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the ARM id"):
        ResourceId.parse(text)


@pytest.mark.parametrize(
    ("text", "name"), [("azureml:cpu", "cpu"), ("cpu", "cpu"), (WS.child("computes", "cpu"), "cpu")]
)
def test_a_short_name_is_found_in_every_spelling(text: str, name: str) -> None:
    assert short_name(text) == name


def test_arm_ids_are_told_from_names() -> None:
    assert is_arm_id("azureml:" + WS.child("data", "d", "1"))
    assert not is_arm_id("azureml:d:1")
