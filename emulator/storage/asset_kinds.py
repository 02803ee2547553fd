"""The kinds of assets: what a version of each shows besides what it was given, and how a version is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
        added: keys of a specification that the official client adds when it registers again what it fetched.
    """

    collection: str
    noun: str
    path: str | None = None
    shown: Mapping[str, Any] | None = None
    added: frozenset[str] = frozenset()

    def compared(self, value: Any) -> Any:
        """A part of a version, without what makes no difference to it."""
        return {key: one for key, one in value.items() if key not in self.added} if isinstance(value, dict) else value

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


KINDS: Mapping[str, AssetKind] = {
    kind.collection: kind
    for kind in (
        AssetKind("codes", "code", "codeUri"),
        AssetKind("data", "data asset", "dataUri", {"dataType": "uri_folder"}),
        AssetKind("models", "model", "modelUri", {"modelType": "custom_model", "flavors": {}}),
        AssetKind(
            "components",
            "component",
            None,
            {"provisioningState": "Succeeded"},
            frozenset({"id", "creation_context", "_source"}),
        ),
        AssetKind(
            "environments",
            "environment",
            None,
            {"environmentType": "UserCreated", "osType": "Linux", "provisioningState": "Succeeded"},
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
