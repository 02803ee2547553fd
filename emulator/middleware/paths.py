"""One spelling of paths: ARM compares the fixed words of a resource id without regard to case, routes do not."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

_FIXED = {
    word.lower(): word
    for word in (
        *("subscriptions", "resourceGroups", "providers", "Microsoft.MachineLearningServices", "workspaces"),
        *("jobs", "codes", "environments", "data", "models", "components", "computes", "datastores", "versions"),
        *("locations", "mfeOperationResults", "cancel", "startPendingUpload", "listSecrets"),
        *("schedules", "listKeys", "listStorageAccountKeys", "listNotebookKeys", "listNodes", "diagnose", "publish"),
        *("start", "stop", "restart"),
    )
}
_ENCODED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
_START = re.compile(r"(?P<prefix>/[a-z]+/v\d\.\d)?/subscriptions/", re.IGNORECASE)


def decoded(path: str, raw_path: bytes) -> str:
    """The decoded path of a request to the control plane, where an encoded slash belongs to a name and stays encoded.

    Parameters:
        path: as decoded by the server.
        raw_path: as it came.

    >>> decoded("/subscriptions/S/jobs/a b/c", b"/subscriptions/S/jobs/a%20b%2Fc")
    '/subscriptions/S/jobs/a b%2Fc'
    """
    if not path.startswith("/subscriptions/") or not _ENCODED_SLASH.search(raw_path):
        return path
    segments = raw_path.partition(b"?")[0].decode("ascii", "replace").split("/")
    return "/".join(unquote(segment).replace("/", "%2F") for segment in segments)


@lru_cache(maxsize=256)  # whoever polls asks the same again and again
def canonical(path: str) -> str:
    """The path with the fixed words of an ARM id in their usual spelling; names stay as they are.

    >>> canonical("/subscriptions/S/resourcegroups/G/providers/microsoft.machinelearningservices/Workspaces/W/Jobs/Data")
    '/subscriptions/S/resourceGroups/G/providers/Microsoft.MachineLearningServices/workspaces/W/jobs/Data'
    """  # noqa: E501
    start = _START.match(path)
    if not start:
        return path
    prefix = start["prefix"] or ""
    parts = path[len(prefix) + 1 :].split("/")
    end = 8 if prefix else len(parts)  # below a data-plane prefix only the workspace is an ARM id
    for place in range(0, min(end, len(parts)), 2):
        parts[place] = _FIXED.get(parts[place].lower(), parts[place])
    if len(parts) > 5 and parts[4] == "providers":
        parts[5] = _FIXED.get(parts[5].lower(), parts[5])
    return f"{prefix}/{'/'.join(parts)}"
