"""A run in MLflow's JSON."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from contracts.dataplane.mlflow import number_to_wire, run_status
from contracts.resource_id import WorkspaceId
from emulator.storage import jobs, labels, metrics
from emulator.storage.jobs import Job
from emulator.storage.metrics import Point

#: Version of the path under which plain MLflow clients come; those of the azureml plugin come under v2.0.
PLAIN = "v1.0"


class RunView:
    """How runs look to one client.

    Parameters:
        origin: at which that client reaches the emulator.
        version: `v1.0` or `v2.0`, of the path; it decides how artifacts are addressed.
    """

    def __init__(self, origin: str, version: str) -> None:
        self._host = origin.removeprefix("https://")
        self._version = version

    @property
    def is_plain(self) -> bool:
        """Whether the client is a plain one, which finds artifacts through MLflow's own proxy."""
        return self._version == PLAIN

    def run(self, conn: sqlite3.Connection, job: Job) -> dict[str, Any]:
        """All of a run, with the latest value of each metric."""
        return {
            "info": self.info(job),
            "data": {
                "metrics": [metric(series.key, series.last) for series in metrics.of(conn, job.id)],
                "params": _pairs(labels.of(conn, job.id, "param")),
                "tags": _pairs(self._tags(conn, job)),
            },
            "inputs": {"dataset_inputs": [json.loads(one) for one in labels.of(conn, job.id, "dataset").values()]},
        }

    def info(self, job: Job) -> dict[str, Any]:
        """A run without its data."""
        info = {
            "run_id": job.name,
            "run_uuid": job.name,
            "run_name": job.display_name or job.name,
            "experiment_id": job.experiment_id,
            "user_id": job.created_by,
            "status": run_status(job.status),
            "start_time": milliseconds(job.created if job.started is None else job.started),
            "artifact_uri": self.artifact_uri(job.workspace, job.experiment_id, job.name),
            "lifecycle_stage": "deleted" if job.archived else "active",
        }
        return info if job.ended is None else info | {"end_time": milliseconds(job.ended)}

    def artifact_uri(self, workspace: WorkspaceId, experiment: str, run: str) -> str:
        """Where a client finds the artifacts of a run."""
        if self.is_plain:
            return f"mlflow-artifacts:/ExperimentRun/dcid.{run}"
        return f"azureml://{self._host}/mlflow/{self._version}{workspace}/experiments/{experiment}/runs/{run}/artifacts"

    def _tags(self, conn: sqlite3.Connection, job: Job) -> dict[str, str]:
        own = {"mlflow.runName": job.display_name or job.name, "mlflow.user": job.created_by}
        if job.description:
            own["mlflow.note.content"] = job.description
        if job.parent is not None:
            own["mlflow.parentRunId"] = jobs.name_of(conn, job.parent)
            own["mlflow.rootRunId"] = jobs.root_of(conn, job.id)
        return labels.of(conn, job.id, "tag") | own


def metric(key: str, point: Point) -> dict[str, Any]:
    """One value of a metric."""
    return {
        "key": key,
        "value": number_to_wire(point.value),
        "timestamp": milliseconds(point.at),
        "step": point.step,
    }


def milliseconds(seconds: float) -> int:
    """MLflow's times are whole milliseconds."""
    return round(seconds * 1000)


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]
