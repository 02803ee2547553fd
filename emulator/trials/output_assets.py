"""Outputs of jobs as assets: the asset id of each, the place it stands for, and its registration on completion.

An output without an `asset_name` is an anonymous asset, as the asset ids of run history say: data
`azureml_{job}_output_data_{output}`, a model `azureml_{job}_output_{output}`. The trials of a sweep share its names, so
the sweep registers those of its best trial, when it completes.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.asset_types import MODEL_TYPES
from contracts.resource_id import WorkspaceId
from emulator.place import ARTIFACT_STORE, BLOB_STORE
from emulator.storage import assets, jobs, labels
from emulator.storage.asset_kinds import KINDS, AssetKind, next_version, register_version
from emulator.storage.jobs import Job, JobId
from emulator.storage.workspaces import guid_of
from emulator.trials.outputs import expanded_uri

_DATA, _MODELS = KINDS["data"], KINDS["models"]
_ID = re.compile(r"/(?P<collection>data|models)/azureml_(?P<asset>[^/]+)/versions/1$")
_SHORT = re.compile(r"^azureml://datastores/", re.IGNORECASE)

#: The service adds it to every job; it is not the user's.
_OF_THE_SERVICE = "default"
_log = logging.getLogger(__name__)


def output_references(job: Job, *, region: str) -> dict[str, dict[str, str]]:
    """By name, the asset id and type of what a job writes; a sweep's outputs are those of its trials.

    Parameters:
        region: location of the workspace.
    """
    if job.has_children:
        return {}
    return {name: output_reference(job, name, output, region=region) for name, output in named_outputs(job)}


def output_reference(job: Job, name: str, output: Mapping[str, Any], *, region: str) -> dict[str, str]:
    """The asset id and type of one output of a job.

    Parameters:
        output: its entry in the body.
        region: location of the workspace.
    """
    kind = output.get("jobOutputType") or "uri_folder"
    base = f"azureml://locations/{region}/workspaces/{guid_of(job.workspace)}/{_kind(output).collection}"
    return {"assetId": f"{base}/{asset_name(job, name)}/versions/1", "type": MODEL_TYPES.get(kind, kind)}


def named_outputs(job: Job) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and body of each output of the user's."""
    for name, output in (job.body.get("outputs") or {}).items():
        if name != _OF_THE_SERVICE:
            yield name, output or {}


def asset_name(job: Job, output: str) -> str:
    """Name of the asset that an output is when the user gives none."""
    body = (job.body.get("outputs") or {}).get(output) or {}
    return f"azureml_{job.name}_output_{'' if _kind(body) is _MODELS else 'data_'}{output}"


def datastore_base(workspace: WorkspaceId) -> str:
    """How the long URIs of a workspace's datastores begin."""
    return (
        f"azureml://subscriptions/{workspace.subscription}/resourcegroups/{workspace.resource_group}"
        f"/workspaces/{workspace.name}/datastores/"
    )


def output_uri(job: Job, name: str) -> str:
    """The long URI of what a job writes under that name; a folder's ends in a slash."""
    output = (job.body.get("outputs") or {}).get(name) or {}
    long = datastore_base(job.workspace)
    if output.get("uri"):
        return _SHORT.sub(long, expanded_uri(output["uri"], name, job.name))
    slash = "" if output.get("jobOutputType") == "uri_file" else "/"
    return f"{long}{BLOB_STORE}/paths/azureml/{job.name}/{name}{slash}"


def artifacts_uri(job: Job) -> str:
    """The long URI of all that a job uploads by itself."""
    return f"{datastore_base(job.workspace)}{ARTIFACT_STORE}/paths/ExperimentRun/dcid.{job.name}/"


def output_place(conn: sqlite3.Connection, workspace: WorkspaceId, asset: str) -> dict[str, Any] | None:
    """Where the output is that an asset id stands for: `{"uri", "type"}`; None for the id of anything else."""
    found = _ID.search(asset)
    between = "_output_data_" if found and found["collection"] == "data" else "_output_"
    owner, _, name = found["asset"].rpartition(between) if found else ("", "", "")
    job = jobs.find(conn, workspace, owner) if owner and name else None
    if job is None:
        return None
    output = (job.body.get("outputs") or {}).get(name) or {}
    return {"uri": output_uri(job, name), "type": output.get("jobOutputType") or "uri_folder"}


def register_outputs(conn: sqlite3.Connection, key: JobId, at: float) -> None:
    """Register the outputs of a job that has just completed.

    Parameters:
        key: row id of a command job, a trial or a sweep.
        at: when, in seconds since the epoch.
    """
    job = jobs.get(conn, key)
    if job.has_steps:
        return
    writer = best_trial(conn, job) if job.has_trials else job
    if writer is None:
        return
    for name, output in named_outputs(writer):
        if not output.get("assetName"):
            _register(conn, writer, name, output, asset_name(writer, name), "1", at, anonymous=True)
        # Those of a trial are registered by its sweep, and only of the best one.
        elif writer.parent is None or writer.is_step or job.has_trials:
            register_named(conn, writer, name, output, at)


def best_trial(conn: sqlite3.Connection, sweep: Job) -> Job | None:
    """The best trial of a sweep, once there is one."""
    best = labels.of(conn, sweep.id, "property").get("best_child_run_id")
    return jobs.find(conn, sweep.workspace, best) if best else None


def register_named(conn: sqlite3.Connection, writer: Job, name: str, output: Mapping[str, Any], at: float) -> None:
    """Register what a job has written as a version of the asset that the user named; one that is there stays.

    Parameters:
        writer: the run that wrote it.
        name: of the output there.
        output: with `assetName`, `assetVersion` (the next one where it is absent) and `jobOutputType`.
        at: when, in seconds since the epoch.
    """
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
    return _MODELS if output.get("jobOutputType") in MODEL_TYPES else _DATA
