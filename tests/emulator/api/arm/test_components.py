"""Components are shown as the service shows them: every scalar as text, what was left out filled in."""

from __future__ import annotations

from typing import Any

from tests.emulator.api.arm.conftest import Client

SPEC = {
    "command": "echo ${{inputs.n}}",
    "environment": "azureml:AzureML-sklearn-1.0-ubuntu20.04-py38-cpu:33",
    "is_deterministic": True,
    "inputs": {"n": {"type": "number", "default": 3}, "p": {"type": "uri_folder", "optional": True}},
    "distribution": {"type": "pytorch", "process_count_per_instance": 4},
    "type": "command",
    "_source": "YAML.COMPONENT",
}


def put(client: Client, spec: dict[str, Any], path: str = "/components/c/versions/1", **more: Any) -> Any:
    answer = client.arm("PUT", path, json={"properties": {"componentSpec": spec, **more}})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def test_scalars_are_text_and_defaults_are_filled_in(client: Client) -> None:
    shown = put(client, SPEC, description="outer")["properties"]
    spec = shown["componentSpec"]
    assert shown["description"] is None
    assert (spec["is_deterministic"], spec["version"], spec["name"]) == ("True", "1", "c")
    assert spec["inputs"]["n"] == {"type": "number", "optional": "False", "default": "3"}
    assert spec["inputs"]["p"]["optional"] == "True"
    assert spec["resources"] == {"instance_count": "1"}
    assert spec["distribution"]["process_count_per_instance"] == "4"
    assert spec["$schema"].endswith("commandComponent.schema.json")
    assert "_source" not in spec


def test_a_curated_environment_is_one_of_the_registry(client: Client) -> None:
    spec = put(client, SPEC)["properties"]["componentSpec"]
    name = "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu"
    assert spec["environment"] == f"azureml://registries/azureml/environments/{name}/versions/33"


def test_description_and_display_name_of_a_version_can_change_and_its_command_cannot(client: Client) -> None:
    put(client, SPEC)
    changed = put(client, {**SPEC, "description": "new", "display_name": "New"})["properties"]["componentSpec"]
    assert (changed["description"], changed["display_name"]) == ("new", "New")
    assert client.arm("GET", "/components/c/versions/1").json()["properties"]["componentSpec"] == changed
    body = {"properties": {"componentSpec": {**SPEC, "command": "other"}}}
    assert client.arm("PUT", "/components/c/versions/1", json=body).status_code == 409


def test_equal_anonymous_components_are_one_whatever_version_their_clients_ask_for(client: Client) -> None:
    base = "/components/azureml_anonymous/versions"
    first = put(client, SPEC, f"{base}/hash-1", isAnonymous=True)
    again = put(client, SPEC, f"{base}/hash-2", isAnonymous=True)
    other = put(client, {**SPEC, "name": "other"}, f"{base}/hash-1", isAnonymous=True)
    assert first["id"] == again["id"] != other["id"]
    assert (len(first["name"]), again["systemData"]["createdAt"]) == (36, first["systemData"]["createdAt"])
    assert client.arm("GET", f"{base}/{first['name']}").status_code == 200


def test_the_default_version_has_the_id_of_its_label(client: Client) -> None:
    put(client, SPEC)
    found = client.arm("GET", "/components/c/versions/azureml_default").json()
    assert found["id"].endswith("/components/c/labels/default")
    assert found["properties"]["componentSpec"]["version"] == "1"


def test_a_pipeline_component_is_shown_without_its_jobs(client: Client) -> None:
    inputs = {"where": {"type": "string", "default": "azureml:cpu"}}
    spec = put(client, {"type": "pipeline", "jobs": {"a": {}}, "inputs": inputs})["properties"]["componentSpec"]
    assert (spec["is_deterministic"], spec["inputs"]["where"]["default"]) == ("False", "cpu")
    assert "jobs" not in spec


def test_a_list_tells_no_latest_version_and_a_moment_as_the_next_one(client: Client) -> None:
    put(client, SPEC)
    (listed,) = client.arm("GET", "/components").json()["value"]
    assert listed["properties"]["latestVersion"] is None
    assert len(listed["properties"]["nextVersion"]) == len("2026-03-03-22-25-21-1606906")
    assert client.arm("GET", "/components/c").json()["properties"]["latestVersion"] == "1"


def test_the_client_s_wish_to_validate_a_template_is_granted(client: Client) -> None:
    path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/deployments/d/validate"
    answer = client.request("POST", f"{path}?api-version=2020-06-01", json={"properties": {}})
    assert answer.json()["properties"]["provisioningState"] == "Succeeded"
