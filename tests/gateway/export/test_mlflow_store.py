"""Trials in a database of MLflow: what it is told, and, at night, read back by MLflow itself."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.export import mlflow_store as module
from gateway.export.mlflow_store import mlflow_store
from tests.gateway.export.records import sweep

pytest.importorskip("mlflow")


class Told:
    """MLflow's client, which notes what it is told."""

    def __init__(self, *, taken: bool = False) -> None:
        self.taken = taken
        self.runs: dict[str, dict[str, Any]] = {}

    def get_experiment_by_name(self, name: str) -> None:
        assert name == "exp"

    def create_experiment(self, name: str, artifact_location: str) -> str:
        assert artifact_location.startswith("file://")
        return "7"

    def search_runs(self, experiments: list[str], query: str, max_results: int) -> list[int]:
        assert (experiments, query) == (["7"], "tags.sweep = 's'")
        return [1] * self.taken

    def create_run(self, experiment: str, **told: Any) -> Any:
        self.runs[told["run_name"]] = {**told, "params": {}, "metrics": [], "ended": None}
        return SimpleNamespace(info=SimpleNamespace(run_id=told["run_name"]))

    def log_batch(self, run: str, params: Any = (), metrics: Any = ()) -> None:
        assert len(params) <= 100
        assert len(metrics) <= 1000
        self.runs[run]["params"] |= {one.key: one.value for one in params}
        self.runs[run]["metrics"] += [(one.key, one.value, one.timestamp, one.step) for one in metrics]

    def set_terminated(self, run: str, status: str, end_time: int) -> None:
        self.runs[run]["ended"] = (status, end_time)


def test_every_trial_is_a_run_with_its_parameters_values_and_times(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = Told()
    monkeypatch.setattr(module, "_client", lambda file: told)
    assert mlflow_store(sweep(), tmp_path / "mlflow.db") == []
    assert {name: run["ended"][0] for name, run in told.runs.items()} == {
        "s_0": "FINISHED", "s_1": "FINISHED", "s_2": "KILLED", "s_3": "FAILED", "s_4": "FINISHED",
    }  # fmt: skip
    best = told.runs["s_1"]
    assert (best["start_time"], best["ended"][1]) == (101_000, 111_000)
    assert best["params"] == {"lr": "0.05", "kernel": "rbf", "depth": "1"}
    assert best["metrics"] == [
        ("accuracy", 0.2, 100_000, 0), ("accuracy", 0.9, 101_000, 1), ("accuracy", 0.7, 102_000, 2)
    ]  # fmt: skip
    assert best["tags"] == {"sweep": "s", "status": "Completed"}


def test_names_that_mlflow_refuses_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = Told()
    monkeypatch.setattr(module, "_client", lambda file: told)
    assert mlflow_store(sweep(metric="loss?"), tmp_path / "mlflow.db") == ["loss?"]
    assert told.runs["s_1"]["metrics"] == []


def test_a_sweep_is_not_written_twice_into_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_client", lambda file: Told(taken=True))
    with pytest.raises(ValueError, match="has the trials of s already; choose another file"):
        mlflow_store(sweep(), tmp_path / "mlflow.db")


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")  # of MLflow, about its own libraries
def test_mlflow_reads_it_back(tmp_path: Path) -> None:
    from mlflow.tracking import MlflowClient

    file = tmp_path / "mlflow.db"
    mlflow_store(sweep(), file)
    mlflow_store(sweep(name="other"), file)
    client = MlflowClient(tracking_uri=f"sqlite:///{file}")
    experiment = client.get_experiment_by_name("exp")
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert len(runs) == 10
    assert (runs["s_1"].info.status, runs["s_1"].data.params["kernel"]) == ("FINISHED", "rbf")
    assert [point.value for point in client.get_metric_history(runs["s_1"].info.run_id, "accuracy")] == [0.2, 0.9, 0.7]
