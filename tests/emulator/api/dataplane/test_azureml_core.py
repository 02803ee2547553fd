"""The planes that azureml-core asks, in the bodies of its generated client."""

from __future__ import annotations

from typing import Any

from tests.emulator.api.arm.conftest import WORKSPACE
from tests.emulator.api.dataplane.conftest import Client

METRIC = f"/metric/v2.0{WORKSPACE}/runs/c"
ARTIFACT = f"/artifact/v2.0{WORKSPACE}/artifacts"


def log(client: Client, command: dict[str, Any], *values: dict[str, Any]) -> int:
    client.arm("PUT", "/jobs/c", json=command)
    return client.request("POST", f"{METRIC}/batch", json={"values": values, "reportErrors": True}).status_code


def scalar(name: str, *numbers: Any) -> dict[str, Any]:
    return {"name": name, "columns": {name: "Double"}, "value": [{"data": {name: one}} for one in numbers]}


def test_what_is_logged_is_listed_and_read_back_in_order(client: Client, command: dict[str, Any]) -> None:
    assert log(client, command, scalar("Accuracy", 0.9, 0.8), scalar("p", 1)) == 200
    listed = client.request("POST", f"{METRIC}/list", json={}).json()["value"]
    assert sorted(one["metricKey"]["name"] for one in listed) == ["Accuracy", "p"]
    full = client.request("POST", f"{METRIC}/full", json={"metricName": "Accuracy"}).json()
    assert [one["data"] for one in full["value"]] == [{"Accuracy": 0.9}, {"Accuracy": 0.8}]
    assert client.noted_points() == [("Accuracy", 0.9), ("Accuracy", 0.8), ("p", 1.0)]


def test_columns_of_a_row_become_metrics_and_its_texts_are_left_out(client: Client, command: dict[str, Any]) -> None:
    row = {"name": "row", "value": [{"data": {"x": 1, "y": "a text", "z": True, "n": "NaN"}, "step": 3}]}
    log(client, command, row)
    assert [name for name, _ in client.noted_points()] == ["row.x", "row.n"]


def test_a_body_of_another_form_is_refused_and_nothing_is_logged(client: Client, command: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/c", json=command)
    for body in ([], {"values": {}}, {"values": [1]}):
        assert client.request("POST", f"{METRIC}/batch", json=body).status_code == 400
    assert client.request("POST", f"{METRIC}/full", json={}).status_code == 400
    assert client.noted_points() == []


def test_a_run_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.request("POST", f"{METRIC}/list", json={}).status_code == 404
    assert client.request("POST", f"{METRIC}/batch", json={"values": [scalar("m", 1)]}).status_code == 404


def test_artifacts_are_found_by_container_and_prefix(client: Client, command: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/c", json=command)
    made = client.request(
        "POST", f"{ARTIFACT}/batch/metadata/ExperimentRun/dcid.c", json={"paths": [{"path": "outputs/m"}]}
    ).json()
    assert set(made["artifactContentInformation"]) == {"outputs/m"}
    folder = client.emulator.place.run_artifacts(WORKSPACE, "c") / "outputs"
    folder.mkdir(parents=True)
    (folder / "m").write_text("x")
    found = client.request("GET", f"{ARTIFACT}/prefix/contentinfo/ExperimentRun/dcid.c/outputs/").json()["value"]
    assert [one["path"] for one in found] == ["outputs/m"]


def test_metrics_are_stored_before_they_are_acknowledged(client: Client, command: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/c", json=command)
    path = f"/history/v1.0{WORKSPACE}/experiments/Default/runs/c/metricsingest/wait"
    assert client.request("GET", path).status_code == 200
