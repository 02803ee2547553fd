"""The kinds of assets: what a version of each shows besides what it was given, and how a version is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.storage import assets
from emulator.storage.assets import Asset

#: May change on a version that exists.
MUTABLE = frozenset({"description", "tags", "properties", "isArchived", "stage", "autoDeleteSetting"})


@dataclass(frozen=True, slots=True)
class AssetKind:
    """One kind.

    Parameters:
        collection: in ARM ids.
        noun: for people.
        path: the key that says where its content is; None for a kind without content.
        shown: what the service fills in.
        missing: the service's sentence for a version, or a container, that is not there; None for ARM's.
    """

    collection: str
    noun: str
    path: str | None = None
    shown: Mapping[str, Any] | None = None
    missing: Callable[[str, str], str] | None = None

    def document(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The `properties` of a version: as given, with what the service adds. Source: official examples."""
        filled = {
            "description": None,
            "tags": {},
            "properties": {},
            "isArchived": False,
            "isAnonymous": False,
            **(self.shown or {}),
        }
        return filled | {key: value for key, value in given.items() if value is not None or key not in filled}


def _no_data(name: str, version: str) -> str:
    """Recorded for versions."""
    return f"Data version {name}:{version} (dataContainerName:version) not found." if version else _no("Data", name)


def _no_environment(name: str, version: str) -> str:
    """Recorded for containers."""
    return f"No environment exists for name: {name}, version: {version}, label: "


def _no(noun: str, name: str, version: str = "") -> str:
    """Inferred."""
    return f"{noun} version {name}:{version} not found." if version else f"{noun} container {name} not found."


KINDS: Mapping[str, AssetKind] = {
    kind.collection: kind
    for kind in (
        AssetKind("codes", "code", "codeUri", missing=partial(_no, "Code")),
        AssetKind("data", "data asset", "dataUri", {"dataType": "uri_folder"}, missing=_no_data),
        AssetKind(
            "models",
            "model",
            "modelUri",
            {"modelType": "custom_model", "flavors": {}},
            missing=partial(_no, "Model"),
        ),
        AssetKind("components", "component", None, {"provisioningState": "Succeeded"}),
        AssetKind(
            "environments",
            "environment",
            None,
            {"environmentType": "UserCreated", "osType": "Linux", "provisioningState": "Succeeded"},
            missing=_no_environment,
        ),
    )
}


def register_version(
    conn: sqlite3.Connection,
    workspace: WorkspaceId,
    kind: AssetKind,
    name: str,
    version: str,
    document: Mapping[str, Any],
    at: float,
) -> Asset:
    """Store a version of an asset, and its container if there is none yet.

    Parameters:
        document: of the version, complete; see `AssetKind.document`.
        at: when, in seconds since the epoch.
    """
    anonymous = bool(document.get("isAnonymous"))
    if assets.get(conn, workspace, kind.collection, name) is None:
        assets.put(conn, workspace, kind.collection, name, "", {}, at, anonymous=anonymous)
    content = (document.get("properties") or {}).get("hash_sha256")
    return assets.put(
        conn,
        workspace,
        kind.collection,
        name,
        version,
        document,
        at,
        hash=content,
        anonymous=anonymous,
        archived=bool(document.get("isArchived")),
    )


def next_version(versions: Iterable[str]) -> str:
    """The version that comes after those there are: one more than the greatest number among them."""
    return str(max((int(version) for version in versions if version.isdigit()), default=0) + 1)
