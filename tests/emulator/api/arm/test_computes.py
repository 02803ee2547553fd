"""Computes: what of them can be made, changed and looked at."""

from __future__ import annotations

from typing import Any

from contracts.lifecycle import JobStatus
from tests.emulator.api.arm.conftest import Client

_SCALE = {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT2M"}
_COMPUTE = {
    "location": "local",
    "tags": {"team": "vision"},
    "properties": {"computeType": "AmlCompute", "properties": {"vmSize": "STANDARD_D2", "scaleSettings": _SCALE}},
}


def test_a_compute_keeps_what_it_was_made_with(client: Client) -> None:
    assert client.arm("PUT", "/computes/cpu", json=_COMPUTE).status_code == 201
    found = client.arm("GET", "/computes/cpu").json()
    assert found["tags"] == {"team": "vision"}
    assert found["properties"]["properties"]["scaleSettings"] == _SCALE
    assert client.arm("GET", "/computes").json()["value"] == [found]


def test_its_scale_settings_change_one_by_one(client: Client) -> None:
    client.arm("PUT", "/computes/cpu", json=_COMPUTE)
    change = {"properties": {"properties": {"scaleSettings": {"maxNodeCount": 7}}}}
    changed = client.arm("PATCH", "/computes/cpu", json=change).json()
    assert changed["properties"]["properties"]["scaleSettings"] == _SCALE | {"maxNodeCount": 7}
    assert client.arm("GET", "/computes/cpu").json() == changed


def test_a_change_of_anything_else_or_of_none_is_refused(client: Client) -> None:
    client.arm("PUT", "/computes/cpu", json=_COMPUTE)
    answer = client.arm("PATCH", "/computes/cpu", json={"properties": {"description": "d"}})
    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "properties.properties.scaleSettings")
    change = {"properties": {"properties": {"scaleSettings": {"maxNodeCount": 7}}}}
    assert client.arm("PATCH", "/computes/other", json=change).status_code == 404


def test_its_nodes_are_those_that_run_something(client: Client, command: dict[str, Any]) -> None:
    for name in ("one", "two"):
        client.arm("PUT", f"/jobs/{name}", json=command)
    client.move("one", JobStatus.RUNNING)
    nodes = client.arm("POST", "/computes/cpu/listNodes").json()["nodes"]
    assert [(node["runId"], node["nodeState"]) for node in nodes] == [("one", "running")]
    assert client.arm("POST", "/computes/other/listNodes").json()["nodes"] == []


def test_a_compute_is_being_made_when_its_put_is_answered_and_done_when_it_is_asked(client: Client) -> None:
    answer = client.arm("PUT", "/computes/cpu", json=_COMPUTE)
    assert answer.json()["properties"]["provisioningState"] == "Creating"
    operation = client.request("GET", answer.headers["azure-asyncoperation"]).json()
    assert operation["status"] == "Succeeded"
    assert client.arm("GET", "/computes/cpu").json()["properties"]["provisioningState"] == "Succeeded"


def test_a_deleted_compute_answers_202_without_a_body(client: Client) -> None:
    client.arm("PUT", "/computes/cpu", json=_COMPUTE)
    answer = client.arm("DELETE", "/computes/cpu")
    assert (answer.status_code, answer.content, "azure-asyncoperation" in answer.headers) == (202, b"", True)
    assert client.arm("DELETE", "/computes/cpu").status_code == 204


def test_a_compute_instance_is_stopped_and_started(client: Client) -> None:
    instance = {"properties": {"computeType": "ComputeInstance", "properties": {"vmSize": "STANDARD_D2"}}}
    client.arm("PUT", "/computes/ci", json=instance)

    def state() -> str:
        return str(client.arm("GET", "/computes/ci").json()["properties"]["properties"]["state"])

    assert state() == "Running"
    assert client.arm("POST", "/computes/ci/stop").status_code == 202
    assert state() == "Stopped"
    client.arm("POST", "/computes/ci/start")
    assert state() == "Running"
    assert client.arm("POST", "/computes/ci/restart").status_code == 202
    assert state() == "Running"
