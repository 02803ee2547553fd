"""The trials of a sweep as a folder `mlruns` that MLflow's own tools open: one experiment, one run for each trial.

The layout is that of MLflow's file store: https://mlflow.org/docs/latest/self-hosting/architecture/backend-store. From
MLflow 3.15 on it is opened with MLFLOW_ALLOW_FILE_STORE=true, or brought into a database by `mlflow migrate-filestore`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gateway.operations.metrics import MetricPoint
from gateway.operations.sweep_record import SweepRecord
from gateway.operations.trials import TrialRow

#: What MLflow accepts as the name of a metric, parameter or tag. Source: mlflow.utils.validation.
_NAME = re.compile(r"[/\w.\- :]+")
_STATUS = {"Completed": 3, "Failed": 4, "Canceled": 5}
_RUNNING = 1
_LONGEST_PARAMETER = 6000


def mlruns(record: SweepRecord, folder: Path) -> list[str]:
    """Write the trials of a sweep; runs that are in the folder already are written anew.

    Parameters:
        record: the sweep, with every metric.
        folder: becomes an MLflow tracking folder, or is one.

    Returns:
        Names of metrics and parameters that MLflow does not accept, or its layout cannot hold, which were left out.
    """
    experiment = str(record.properties.get("experimentName") or "Default")
    number = str(int(hashlib.sha256(experiment.encode()).hexdigest()[:15], 16))
    times = [time for trial in record.state.trials for time in (trial.started, trial.ended) if time is not None]
    place = folder / number
    _write_yaml(
        place,
        {
            "artifact_location": place.absolute().as_uri(),
            "creation_time": millis(min(times, default=0.0)),
            "experiment_id": number,
            "last_update_time": millis(max(times, default=0.0)),
            "lifecycle_stage": "active",
            "name": experiment,
        },
    )
    left_out: set[str] = set()
    for trial in record.state.trials:
        _run(record, trial, place / trial.name, number, left_out)
    return sorted(left_out)


def _run(record: SweepRecord, trial: TrialRow, place: Path, experiment: str, left_out: set[str]) -> None:
    known: dict[str, Any] = {
        "artifact_uri": (place / "artifacts").absolute().as_uri(),
        "end_time": millis(trial.ended) if trial.ended is not None else None,
        "entry_point_name": "",
        "experiment_id": experiment,
        "lifecycle_stage": "active",
        "run_id": trial.name,
        "run_name": trial.name,
        "run_uuid": trial.name,
        "source_name": "",
        "source_type": 4,
        "source_version": "",
        "start_time": millis(trial.started) if trial.started is not None else None,
        "status": _STATUS.get(trial.status, _RUNNING),
        "tags": [],
        "user_id": "",
    }
    _write_yaml(place, known)
    (place / "artifacts").mkdir(exist_ok=True)
    tags = {"mlflow.runName": trial.name, "sweep": record.state.name, "status": trial.status}
    _write(place / "tags", tags, left_out)
    _write(place / "params", {name: parameter_text(value) for name, value in trial.parameters.items()}, left_out)
    histories = record.histories.get(trial.name, {})
    _write(place / "metrics", {name: _lines(points) for name, points in histories.items()}, left_out)


def _write(folder: Path, texts: Mapping[str, str], left_out: set[str]) -> None:
    """One file for each name; a name may have slashes, and never leaves the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        if not is_mlflow_name(name):
            left_out.add(name)
            continue
        path = folder.joinpath(*name.split("/"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):  # `loss` and `loss/train` cannot both be files
            left_out.add(name)


def _write_yaml(folder: Path, content: Mapping[str, Any]) -> None:
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta.yaml").write_text(yaml.safe_dump(dict(content), allow_unicode=True), encoding="utf-8")


def _lines(points: Iterable[MetricPoint]) -> str:
    return "".join(f"{millis(point.timestamp)} {point.value!r} {point.step}\n" for point in points)


def is_mlflow_name(name: str) -> bool:
    """Whether MLflow accepts it as the name of a metric, parameter or tag."""
    return bool(_NAME.fullmatch(name)) and not any(step in ("", ".", "..") for step in name.split("/"))


def parameter_text(value: Any) -> str:
    """The value of a parameter as MLflow keeps it."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text[:_LONGEST_PARAMETER]


def millis(seconds: float) -> int:
    """A time as MLflow has it, from seconds."""
    return round(seconds * 1000)
