"""Assets of every kind (codes, environments, data, models, datastores ...): a document under (kind, name, version)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from contracts.resource_id import WorkspaceId
from emulator.clock import to_micros, to_seconds
from emulator.storage import workspaces

_COLUMNS = "id, kind, name, version, hash, anonymous, archived, created, modified, document"


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset; times in seconds since the epoch.

    Parameters:
        id: ascending with creation.
        kind: the collection in its ARM id: `codes`, `environments`, `data`, `datastores` ...
        name, version: version is empty for a container, and for kinds without versions.
        hash: of the content, where the kind is looked up by it.
        anonymous: made for one job, and in no list.
        document: the `properties` of its ARM document.
    """

    id: int
    kind: str
    name: str
    version: str
    hash: str | None
    anonymous: bool
    archived: bool
    created: float
    modified: float
    document: Mapping[str, Any]


def put(
    conn: sqlite3.Connection,
    workspace: WorkspaceId,
    kind: str,
    name: str,
    version: str,
    document: Mapping[str, Any],
    at: float,
    *,
    hash: str | None = None,  # noqa: A002 - the field's name
    anonymous: bool = False,
    archived: bool = False,
) -> Asset:
    """Store an asset, or put another document in its place; `created` stays that of the first."""
    when = to_micros(at)
    row = conn.execute(
        "INSERT INTO assets (workspace, kind, name, version, hash, anonymous, archived, created, modified, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "hash = excluded.hash, anonymous = excluded.anonymous, archived = excluded.archived, "
        f"modified = excluded.modified, document = excluded.document RETURNING {_COLUMNS}",
        (
            workspaces.ensure(conn, workspace, at), kind, name, version, hash, anonymous, archived, when, when,
            orjson.dumps(document).decode(),
        ),
    ).fetchone()  # fmt: skip
    return _read(row)


def get(conn: sqlite3.Connection, workspace: WorkspaceId, kind: str, name: str, version: str = "") -> Asset | None:
    """The asset under that name and version."""
    sql = f"SELECT {_COLUMNS} FROM assets WHERE workspace = ? AND kind = ? AND name = ? AND version = ?"
    row = conn.execute(sql, (workspaces.guid_of(workspace), kind, name, version)).fetchone()
    return _read(row) if row else None


def by_hash(conn: sqlite3.Connection, workspace: WorkspaceId, kind: str, hash: str) -> list[Asset]:  # noqa: A002
    """The assets of a kind with that content, oldest first, whatever their names."""
    sql = f"SELECT {_COLUMNS} FROM assets WHERE workspace = ? AND kind = ? AND hash = ? ORDER BY id"
    return [_read(row) for row in conn.execute(sql, (workspaces.guid_of(workspace), kind, hash))]


def versions(
    conn: sqlite3.Connection,
    workspace: WorkspaceId,
    kind: str,
    name: str,
    *,
    before: int | None = None,
    limit: int = -1,
) -> list[Asset]:
    """The versions of an asset, newest first, containers left out.

    Parameters:
        before: only those with a smaller id: the last one of the page before.
        limit: at most so many; all when negative.
    """
    sql = (
        f"SELECT {_COLUMNS} FROM assets WHERE workspace = ? AND kind = ? AND name = ? AND version <> '' "
        "AND id < ? ORDER BY id DESC LIMIT ?"
    )
    last = 2**62 if before is None else before
    return [_read(row) for row in conn.execute(sql, (workspaces.guid_of(workspace), kind, name, last, limit))]


def of_kind(
    conn: sqlite3.Connection, workspace: WorkspaceId, kind: str, *, before: int | None = None, limit: int = -1
) -> list[Asset]:
    """The containers of a kind (or the assets themselves, where a kind has no versions), newest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM assets WHERE workspace = ? AND kind = ? AND version = '' AND id < ? "
        "ORDER BY id DESC LIMIT ?"
    )
    last = 2**62 if before is None else before
    return [_read(row) for row in conn.execute(sql, (workspaces.guid_of(workspace), kind, last, limit))]


def put_only(
    conn: sqlite3.Connection, workspace: WorkspaceId, kind: str, name: str, document: Mapping[str, Any], at: float
) -> bool:
    """Store an asset of a kind without versions; whether it is new."""
    is_new = get(conn, workspace, kind, name) is None
    put(conn, workspace, kind, name, "", document, at)
    return is_new


def delete_only(conn: sqlite3.Connection, workspace: WorkspaceId, kind: str, name: str) -> bool:
    """Remove an asset of a kind without versions; whether there was one."""
    asset = get(conn, workspace, kind, name)
    if asset is not None:
        delete(conn, asset.id)
    return asset is not None


def delete(conn: sqlite3.Connection, asset: int) -> None:
    """Remove one asset by its id."""
    conn.execute("DELETE FROM assets WHERE id = ?", (asset,))


def _read(row: tuple[Any, ...]) -> Asset:
    identity, kind, name, version, content, anonymous, archived, created, modified, document = row
    return Asset(
        identity,
        kind,
        name,
        version,
        content,
        bool(anonymous),
        bool(archived),
        to_seconds(created),
        to_seconds(modified),
        orjson.loads(document),
    )
