"""Models, computes and datastores: bodies equal to the official client's, and read back as they were."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import entities
from gateway.exceptions import ValidationException
from gateway.serialization.arm.assets import model_from_arm, model_to_arm
from gateway.serialization.arm.resources import (
    compute_from_arm,
    compute_to_arm,
    datastore_from_arm,
    datastore_to_arm,
    workspace_from_arm,
)

_TEXT = st.text("abc é", min_size=1, max_size=5)
_TAGS = st.dictionaries(_TEXT, _TEXT, max_size=2)
_COMMON = {"name": st.just("x"), "description": st.none() | _TEXT, "tags": _TAGS}
_COMPUTES = st.fixed_dictionaries(
    {**_COMMON, "min_instances": st.integers(0, 3), "max_instances": st.integers(1, 9)},
    optional={
        "size": _TEXT,
        "tier": st.sampled_from(["dedicated", "low_priority", "Dedicated"]),
        "idle_time_before_scale_down": st.integers(1, 100_000),
        "ssh_public_access_enabled": st.booleans(),
        "enable_node_public_ip": st.booleans(),
        "location": st.just("westeurope"),
    },
)
_MODELS = st.fixed_dictionaries(
    {**_COMMON, "version": st.just("3"), "path": st.just("azureml://jobs/j/outputs/m"), "properties": _TAGS},
    optional={
        "type": st.sampled_from(["custom_model", "mlflow_model", "triton_model"]),
        "flavors": st.dictionaries(_TEXT, _TAGS, min_size=1, max_size=2),
        "stage": _TEXT,
    },
)
_PLACES = {
    "AzureBlobDatastore": {"container_name": _TEXT},
    "AzureFileDatastore": {"file_share_name": _TEXT},
    "AzureDataLakeGen2Datastore": {"filesystem": _TEXT},
}
_CREDENTIALS = st.sampled_from(
    [None, ("AccountKeyConfiguration", {"account_key": "k"}), ("SasTokenConfiguration", {"sas_token": "t"})]
)


def _plain(rest: Any) -> Any:
    return rest.as_dict() if hasattr(rest, "as_dict") else rest.serialize()


def _datastore(module: Any, kind: str, values: dict[str, Any], credentials: Any) -> Any:
    made = getattr(module, credentials[0])(**credentials[1]) if credentials else None
    return getattr(module, kind)(**values, credentials=made)


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@given(values=_COMPUTES)
def test_a_cluster_travels_as_the_official_client_sends_it(values: dict[str, Any]) -> None:
    import azure.ai.ml.entities as official

    theirs = _plain(official.AmlCompute(**values)._to_rest_object())
    theirs = {key: value for key, value in theirs.items() if value != {}}
    assert compute_to_arm(entities.AmlCompute(**values)) == theirs


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@given(values=_MODELS)
def test_a_model_travels_as_the_official_client_sends_it(values: dict[str, Any]) -> None:
    import azure.ai.ml.entities as official

    theirs = _plain(official.Model(**values)._to_rest_object())["properties"]
    assert model_to_arm(entities.Model(**values), values["path"]) == theirs


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize("kind", _PLACES)
@given(data=st.data(), credentials=_CREDENTIALS)
def test_a_datastore_travels_as_the_official_client_sends_it(kind: str, data: Any, credentials: Any) -> None:
    import azure.ai.ml.entities as official

    values = data.draw(st.fixed_dictionaries({**_COMMON, "account_name": _TEXT, **_PLACES[kind]}))
    theirs = _plain(_datastore(official, kind, values, credentials)._to_rest_object())
    assert datastore_to_arm(_datastore(entities, kind, values, credentials)) == theirs


@given(values=_COMPUTES.filter(lambda values: "ssh_public_access_enabled" in values))
def test_a_cluster_is_read_back_as_it_was(values: dict[str, Any]) -> None:
    sent = entities.AmlCompute(**{**values, "size": "S", "tier": "low_priority", "location": "l"})
    read = compute_from_arm({"name": "x", **compute_to_arm(sent)}, "x")
    for field in ["name", "description", "tags", "size", "tier", "min_instances", "max_instances", "location"]:
        assert getattr(read, field) == getattr(sent, field), field
    assert read.idle_time_before_scale_down == sent.idle_time_before_scale_down  # type: ignore[attr-defined]
    assert (read.type, read.enable_node_public_ip) == ("amlcompute", sent.enable_node_public_ip)  # type: ignore[attr-defined]


@given(values=_MODELS)
def test_a_model_is_read_back_as_it_was(values: dict[str, Any]) -> None:
    sent = entities.Model(**values)
    read = model_from_arm({"name": "3", "properties": model_to_arm(sent, values["path"])}, "x", "3")
    for field in ["name", "version", "description", "tags", "properties", "type", "path", "flavors", "stage"]:
        assert getattr(read, field) == getattr(sent, field), field


def test_a_datastore_is_read_back_without_its_secrets() -> None:
    sent = _datastore(
        entities, "AzureBlobDatastore", {"name": "x", "account_name": "a", "container_name": "c"},
        ("AccountKeyConfiguration", {"account_key": "k"}),
    )  # fmt: skip
    body = datastore_to_arm(sent)
    del body["properties"]["credentials"]["secrets"]
    read = datastore_from_arm({"name": "x", **body}, "x")
    assert isinstance(read, entities.AzureBlobDatastore)
    assert (read.account_name, read.container_name, read.type) == ("a", "c", "AzureBlob")
    assert read.credentials == entities.AccountKeyConfiguration(account_key=None)


def test_what_is_not_served_of_a_compute_is_refused_by_name() -> None:
    for field in ("ssh_settings", "network_settings", "identity"):
        with pytest.raises(ValidationException, match=field):
            entities.AmlCompute(name="x", **{field: object()})
    with pytest.raises(ValidationException, match="computeinstance are only read"):
        compute_to_arm(entities.ComputeInstance(name="x"))


def test_a_workspace_says_where_its_services_are() -> None:
    document = {
        "name": "w",
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w",
        "location": "westeurope",
        "properties": {"mlFlowTrackingUri": "azureml://x", "discoveryUrl": "https://d", "friendlyName": "W"},
    }
    read = workspace_from_arm(document)
    assert (read.name, read.location, read.resource_group, read.display_name) == ("w", "westeurope", "g", "W")
    assert (read.mlflow_tracking_uri, read.discovery_url) == ("azureml://x", "https://d")
