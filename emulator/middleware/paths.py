"""Paths: one spelling for the fixed words of ARM ids, which ARM compares without regard to case; which need a token.

The tables below are the only places that say what is reached without a bearer token, and what plain HTTP serves.
"""

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

_OPEN = re.compile(
    # nothing secret: health, and what a client reads before it can have a token
    r"/_amlet/(health|ready)|/metadata/endpoints|/discovery|/common/discovery/instance"
    r"|(/adfs)?/[^/]+((/v2\.0)?/\.well-known/openid-configuration|/discovery/v2\.0/keys)"
    # checked there: a client's secret, or the emulator's identity header
    r"|(/adfs)?/[^/]+/oauth2(/v2\.0)?/token|/msi/token"
    # checked there: the token of one attempt
    r"|/_amlet/attempts/.+"
    # checked there: shared-access or shared-key signatures
    r"|/([a-z0-9]+\.blob\.core\.windows\.net|azureml-[^/]+)(/.*)?",
    re.DOTALL,
)
_PAGE = re.compile(
    r"/|/favicon\.ico|/compare|/{1,2}runs/.*|/experiments/.*|/_amlet/studio/.*"
    r"|/mlflow/v\d\.\d/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+/workspaces/[^/]+/",  # has no data
    re.DOTALL,
)
#: Checked there: the token and the cookie of the job's own page.
_PAGE_ACTION = re.compile(r"/_amlet/studio/jobs/[^/]+/(cancel|archive|restore|edit|rerun|clone|delete|register)")
_SEARCH = re.compile(r"/(mlflow|history)/.*/(search|rundata)", re.DOTALL)
_PLAIN = re.compile(r"/_amlet/health|/metadata/.*|/msi/token|/mlflow/.*", re.DOTALL)


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


@lru_cache(maxsize=256)  # a polling client asks the same again and again
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


def needs_token(method: str, path: str) -> bool:
    """Whether a request needs a bearer token; what is not listed above does.

    Pages check their own key, which stands in every studio URL.
    """
    # Nearly all requests, and none of the tables has them.
    if path.startswith("/subscriptions/"):
        return True
    if _OPEN.fullmatch(path) or (method in {"GET", "HEAD"} and _PAGE.fullmatch(path)):
        return False
    return not (method == "POST" and _PAGE_ACTION.fullmatch(path))


def is_look(method: str, path: str) -> bool:
    """Whether a request asks what has become of jobs; virtual time may pass before it is answered."""
    return not path.startswith("/_amlet/") and (method in {"GET", "HEAD"} or bool(_SEARCH.fullmatch(path)))


def is_plain(path: str) -> bool:
    """Whether the plain HTTP listener serves that path: pages, metadata, managed identity, MLflow and health."""
    return bool(_PLAIN.fullmatch(path) or _PAGE.fullmatch(path))
