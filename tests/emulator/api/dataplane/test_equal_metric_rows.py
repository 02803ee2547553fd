"""Equal values of a metric: one row and one interval through MLflow, several through run history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator.api.arm.conftest import WORKSPACE
from tests.emulator.api.dataplane.conftest import Client

PREFIX = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow"
VALUE = {"key": "loss", "value": 0.5, "timestamp": 1_700_000_000_000, "step": 1}


def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = client.request(method, f"{PREFIX}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def log_twice(client: Client, command: dict[str, Any]) -> list[float]:
    """Log a value again, alone and in a batch with another; the values of the metric's history."""
    client.arm("PUT", "/jobs/c", json=command)
    for _ in range(2):
        call(client, "POST", "runs/log-metric", {"run_id": "c", **VALUE})
        call(client, "POST", "runs/log-batch", {"run_id": "c", "metrics": [VALUE, {**VALUE, "step": 2}, VALUE]})
    history = call(client, "GET", "metrics/get-history?run_id=c&metric_key=loss")
    return [one["value"] for one in history["metrics"]]


def test_equal_values_are_one_row_and_one_interval(client: Client, command: dict[str, Any]) -> None:
    assert log_twice(client, command) == [0.5, 0.5]
    assert client.noted_points() == [("loss", 0.5), ("loss", 0.5)]
    experiment = call(client, "GET", "runs/get?run_id=c")["run"]["info"]["experiment_id"]
    found = call(client, "POST", "runs/search", {"experiment_ids": [experiment], "filter": "metrics.loss = 0.5"})
    assert [run["data"]["metrics"] for run in found["runs"]] == [[VALUE | {"step": 2}]]
    listed = client.request("POST", f"/metric/v2.0{WORKSPACE}/runs/c/full", json={"metricName": "loss"}).json()
    assert len(listed["value"]) == 2


def test_each_of_them_counts_where_the_setting_says_so(
    make_client: Callable[..., Client], command: dict[str, Any]
) -> None:
    client = make_client(equal_metric_rows="keep")
    assert len(log_twice(client, command)) == len(client.noted_points()) == 8


def test_values_of_azureml_core_have_ids_and_are_all_kept(client: Client, command: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/c", json=command)
    one = {"name": "loss", "value": [{"data": {"loss": 0.5}, "createdUtc": "2026-01-01T00:00:00Z", "step": 1}]}
    for _ in range(2):
        answer = client.request("POST", f"/metric/v2.0{WORKSPACE}/runs/c/batch", json={"values": [one, one]})
        assert answer.status_code == 200
    assert client.noted_points() == [("loss", 0.5)] * 4
