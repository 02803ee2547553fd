"""The trials of a sweep in an SQLite file of MLflow, which `mlflow ui` opens: an experiment, a run for each trial.

MLflow itself writes the file, so that it has the tables of the MLflow that will open it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway.export.mlruns import is_mlflow_name, millis, parameter_text
from gateway.operations.sweep_record import SweepRecord
from gateway.operations.trials import TrialRow

#: How many rows MLflow takes at once. Source: mlflow.utils.validation.
_METRICS, _PARAMETERS = 1000, 100
_STATUS = {"Completed": "FINISHED", "Failed": "FAILED", "Canceled": "KILLED"}
_SWEEP_TAG = "sweep"


def mlflow_store(record: SweepRecord, file: Path) -> list[str]:
    """Write the trials of a sweep into an SQLite file of MLflow.

    Parameters:
        record: the sweep, with every metric.
        file: made where there is none; it may hold other experiments and other sweeps.

    Returns:
        Names of metrics and parameters that MLflow does not accept, which were left out.

    Raises:
        ImportError: MLflow is not installed, or without what it needs for a database.
        ValueError: the file has the trials of this sweep already.
    """
    with _quiet():
        client = _client(file)
        name = str(record.properties.get("experimentName") or "Default")
        known = client.get_experiment_by_name(name)
        place = (file.absolute().parent / "mlartifacts").as_uri()
        experiment = known.experiment_id if known else client.create_experiment(name, artifact_location=place)
        if client.search_runs([experiment], f"tags.{_SWEEP_TAG} = '{record.state.name}'", max_results=1):
            raise ValueError(f"{file} has the trials of {record.state.name} already; choose another file")
        left_out: set[str] = set()
        for trial in record.state.trials:
            _write(client, experiment, record, trial, left_out)
    return sorted(left_out)


def _client(file: Path) -> Any:
    try:
        import alembic as alembic
        import sqlalchemy as sqlalchemy
        from mlflow.tracking import MlflowClient
    except ImportError:
        raise ImportError("an MLflow database needs MLflow: pip install mlflow") from None
    return MlflowClient(tracking_uri=f"sqlite:///{file.absolute().as_posix()}")


def _write(client: Any, experiment: str, record: SweepRecord, trial: TrialRow, left_out: set[str]) -> None:
    from mlflow import entities

    metric: Any = entities.Metric
    parameter: Any = entities.Param
    tags = {_SWEEP_TAG: record.state.name, "status": trial.status}
    started = millis(trial.started) if trial.started is not None else None
    run = client.create_run(experiment, start_time=started, tags=tags, run_name=trial.name).info.run_id
    histories = record.histories.get(trial.name, {})
    left_out.update(name for name in (*trial.parameters, *histories) if not is_mlflow_name(name))
    metrics = [
        metric(name, point.value, millis(point.timestamp), point.step)
        for name, points in histories.items()
        if is_mlflow_name(name)
        for point in points
    ]
    parameters = [
        parameter(name, parameter_text(value)) for name, value in trial.parameters.items() if is_mlflow_name(name)
    ]
    for start in range(0, len(parameters), _PARAMETERS):
        client.log_batch(run, params=parameters[start : start + _PARAMETERS])
    for start in range(0, len(metrics), _METRICS):
        client.log_batch(run, metrics=metrics[start : start + _METRICS])
    if trial.status in _STATUS:
        ended = millis(trial.ended) if trial.ended is not None else None
        client.set_terminated(run, _STATUS[trial.status], end_time=ended)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the lines in which MLflow tells of its tables."""
    loud = {name: logging.getLogger(name).level for name in ("mlflow", "alembic")}
    for name in loud:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        for name, level in loud.items():
            logging.getLogger(name).setLevel(level)
