"""The content of an asset version: its path as the service stores it, and the flavors of a model."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from contracts.diagnostics.yaml_text import parse
from contracts.resource_id import WorkspaceId
from emulator.services.refusal import user_error
from emulator.storage.asset_kinds import AssetKind
from emulator.trials.addresses import UnknownAddress, job_of, stored_uri

_KEPT = re.compile(r"^azureml://(?:[^?]+/)?datastores/", re.IGNORECASE)


def with_stored_path(
    conn: sqlite3.Connection, workspace: WorkspaceId, kind: AssetKind, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The properties of a version with its path as the service stores it.

    A path that names the output of a job, a run or another asset is stored as the datastore path behind it, together
    with the job; the URIs of datastores and blobs stay as they are.

    Parameters:
        given: the properties of the body.

    Raises:
        Refusal: 400, the path names a job or output that is not there.
    """
    path = given.get(kind.path) if kind.path else None
    if not isinstance(path, str) or kind.collection == "codes" or _KEPT.match(path):
        return dict(given)
    try:
        stored = stored_uri(conn, workspace, path, kind.collection)
    except UnknownAddress as unknown:
        raise user_error(f"The path {path} cannot be registered: {unknown}.", target=kind.path) from None
    if stored is None or kind.path is None:
        return dict(given)
    job = given.get("jobName") or job_of(path)
    return {**given, kind.path: stored} | ({"jobName": job} if job else {})


def flavors_of(folder: Path | None) -> dict[str, Any]:
    """The flavors that the file MLmodel of a folder names, as ARM shows them; none where there is no such file.

    Source: the official client reads them so when it uploads a model.
    """
    try:
        content = parse((folder / "MLmodel").read_text(encoding="utf-8")) if folder else None
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    flavors = content.get("flavors") if isinstance(content, dict) else None
    if not isinstance(flavors, dict):
        return {}
    return {str(name): {"data": _texts(data)} for name, data in flavors.items()}


def _texts(data: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}
