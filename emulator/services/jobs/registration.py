"""Registers what a job that completed has written: each named output is a version of a data asset or a model.

An output without an `asset_name` is an anonymous asset `azureml_{job}_output_{output}`, as the asset ids of run history
say. The trials of a sweep share its names, so the sweep registers those of its best trial, when it completes.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

from emulator.services.assets.assets import next_version, register_version
from emulator.services.assets.kinds import KINDS, AssetKind
from emulator.services.jobs.outputs import asset_name, named_outputs, output_uri
from emulator.storage import assets, jobs, labels
from emulator.storage.jobs import Job, JobId

_DATA, _MODELS = KINDS["data"], KINDS["models"]
_MODEL_TYPES = frozenset({"custom_model", "mlflow_model", "triton_model"})
_log = logging.getLogger(__name__)


def register_outputs(conn: sqlite3.Connection, key: JobId, at: float) -> None:
    """Register the outputs of a job that has just completed.

    Parameters:
        key: row id of a command job, a trial or a sweep.
        at: when, in seconds since the epoch.
    """
    job = jobs.get(conn, key)
    writer = _best_trial(conn, job) if job.type == "Sweep" else job
    if writer is None:
        return
    for name, output in named_outputs(writer):
        if not output.get("assetName"):
            _register(conn, writer, name, output, asset_name(writer, name), "1", at, anonymous=True)
        elif writer.parent is None or job.type == "Sweep":
            _register_named(conn, writer, name, output, at)


def _best_trial(conn: sqlite3.Connection, sweep: Job) -> Job | None:
    best = labels.of(conn, sweep.id, "property").get("best_child_run_id")
    return jobs.find(conn, sweep.workspace, best) if best else None


def _register_named(conn: sqlite3.Connection, writer: Job, name: str, output: Mapping[str, Any], at: float) -> None:
    asset, collection = str(output["assetName"]), _kind(output).collection
    known = [one.version for one in assets.versions(conn, writer.workspace, collection, asset)]
    version = str(output.get("assetVersion") or next_version(known))
    if version in known:
        _log.warning("output %s of job %s is not registered: %s:%s is there", name, writer.name, asset, version)
    else:
        _register(conn, writer, name, output, asset, version, at)


def _register(
    conn: sqlite3.Connection,
    writer: Job,
    name: str,
    output: Mapping[str, Any],
    asset: str,
    version: str,
    at: float,
    *,
    anonymous: bool = False,
) -> None:
    kind, uri, type_ = _kind(output), output_uri(writer, name), output.get("jobOutputType") or "uri_folder"
    content = {"modelUri": uri, "modelType": type_} if kind is _MODELS else {"dataUri": uri, "dataType": type_}
    document = kind.document({**content, "jobName": writer.name, "isAnonymous": anonymous})
    register_version(conn, writer.workspace, kind, asset, version, document, at)


def _kind(output: Mapping[str, Any]) -> AssetKind:
    return _MODELS if output.get("jobOutputType") in _MODEL_TYPES else _DATA
