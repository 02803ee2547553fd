"""Where the content of an asset version is: the path that it is registered with, as the service stores it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

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
