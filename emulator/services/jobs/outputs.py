"""The named outputs of jobs as the data plane knows them: an asset id for each, and the place it stands for."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.place import BLOB_STORE
from emulator.storage import jobs
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of

_MODELS = {"custom_model": "CustomModel", "mlflow_model": "MLFlowModel", "triton_model": "TritonModel"}
_ID = re.compile(r"/azureml_(?P<job>.+)_output_(?P<name>[^/]+)/versions/1$")
_SHORT = re.compile(r"^azureml://datastores/", re.IGNORECASE)

#: The service adds it to every job; it is no output that somebody named.
_OF_THE_SERVICE = "default"


def output_references(job: Job, *, region: str) -> dict[str, dict[str, str]]:
    """By name, the asset id and type of what a job writes; a sweep's outputs are those of its trials.

    Parameters:
        region: location of the workspace.
    """
    if job.type == "Sweep":
        return {}
    base = f"azureml://locations/{region}/workspaces/{guid_of(job.workspace)}/data"
    references = {}
    for name, output in named_outputs(job):
        kind = output.get("jobOutputType") or "uri_folder"
        identity = f"{base}/{asset_name(job, name)}/versions/1"
        references[name] = {"assetId": identity, "type": _MODELS.get(kind, kind)}
    return references


def named_outputs(job: Job) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and body of each output that somebody named."""
    for name, output in (job.body.get("outputs") or {}).items():
        if name != _OF_THE_SERVICE:
            yield name, output or {}


def asset_name(job: Job, output: str) -> str:
    """Name of the asset that an output is when nobody names one."""
    return f"azureml_{job.name}_output_{output}"


def output_uri(job: Job, name: str) -> str:
    """The long URI of what a job writes under that name; a folder's ends in a slash."""
    workspace, output = job.workspace, (job.body.get("outputs") or {}).get(name) or {}
    long = (
        f"azureml://subscriptions/{workspace.subscription}/resourcegroups/{workspace.resource_group}"
        f"/workspaces/{workspace.name}/datastores/"
    )
    if output.get("uri"):
        return _SHORT.sub(long, output["uri"])
    slash = "" if output.get("jobOutputType") == "uri_file" else "/"
    return f"{long}{BLOB_STORE}/paths/azureml/{job.name}/{name}{slash}"


def output_place(conn: sqlite3.Connection, workspace: WorkspaceId, asset: str) -> dict[str, Any] | None:
    """Where the output is that an asset id stands for: `{"uri", "type"}`; None for an id that is none of ours."""
    found = _ID.search(asset)
    job = jobs.find(conn, workspace, found["job"]) if found else None
    if found is None or job is None:
        return None
    output = (job.body.get("outputs") or {}).get(found["name"]) or {}
    return {"uri": output_uri(job, found["name"]), "type": output.get("jobOutputType") or "uri_folder"}
