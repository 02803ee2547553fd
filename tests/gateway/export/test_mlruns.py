"""Trials as a folder that MLflow opens, read back by MLflow itself."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from gateway.export.mlruns import mlruns
from tests.gateway.export.records import sweep


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow import MlflowClient

    assert mlruns(sweep(), tmp_path / "mlruns") == []
    return MlflowClient(tracking_uri=(tmp_path / "mlruns").as_uri())


def runs(client: Any) -> dict[str, Any]:
    experiment = client.get_experiment_by_name("exp")
    return {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}


def test_each_trial_is_a_run_with_its_status_and_times(client: Any) -> None:
    found = runs(client)
    assert sorted(found) == [f"s_{number}" for number in range(5)]
    assert {name: run.info.status for name, run in found.items()} == {
        "s_0": "FINISHED", "s_1": "FINISHED", "s_2": "KILLED", "s_3": "FAILED", "s_4": "FINISHED",
    }  # fmt: skip
    assert (found["s_1"].info.start_time, found["s_1"].info.end_time) == (101_000, 111_000)


def test_parameters_and_tags_are_there(client: Any) -> None:
    run = runs(client)["s_1"]
    assert run.data.params == {"lr": "0.05", "kernel": "rbf", "depth": "1"}
    assert (run.data.tags["sweep"], run.data.tags["status"]) == ("s", "Completed")


def test_metrics_have_their_whole_history(client: Any) -> None:
    points = client.get_metric_history(runs(client)["s_1"].info.run_id, "accuracy")
    assert [(point.step, point.value, point.timestamp) for point in points] == [
        (0, 0.2, 100_000),
        (1, 0.9, 101_000),
        (2, 0.7, 102_000),
    ]
    (point,) = client.get_metric_history(runs(client)["s_4"].info.run_id, "accuracy")
    assert math.isnan(point.value)


def test_writing_it_again_changes_nothing(tmp_path: Path) -> None:
    def content() -> dict[Path, str]:
        return {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}

    mlruns(sweep(), tmp_path)
    before = content()
    mlruns(sweep(), tmp_path)
    assert content() == before


@pytest.mark.parametrize("name", ["../../escaped", "/absolute", "a//b", "a\nb", "..", "loss?"])
def test_names_that_mlflow_refuses_are_left_out_and_told(tmp_path: Path, name: str) -> None:
    assert mlruns(sweep(metric=name), tmp_path / "in" / "mlruns") == [name]
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_of_two_names_that_exclude_each_other_one_is_left_out_and_told(tmp_path: Path) -> None:
    record = sweep(metric="loss")
    history = record.histories["s_0"]
    record.histories["s_0"] = {**history, "loss/train": history["loss"]}  # type: ignore[index]
    assert mlruns(record, tmp_path) == ["loss/train"]
