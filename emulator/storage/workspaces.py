"""Workspaces that something was written to, and the guid of each."""

from __future__ import annotations

import sqlite3
import uuid
from functools import lru_cache

from contracts.resource_id import WorkspaceId
from emulator.clock import to_micros

_NAMESPACE = uuid.UUID("6f6d1d0a-5f4e-5c1b-9d0e-3c0f7a1b2c3d")


@lru_cache(maxsize=1024)
def guid_of(workspace: WorkspaceId) -> str:
    """The workspace's guid: the same for the same ARM id, whatever its letter case, in every emulator."""
    return str(uuid.uuid5(_NAMESPACE, str(workspace).lower()))


def ensure(conn: sqlite3.Connection, workspace: WorkspaceId, at: float) -> str:
    """Make the workspace's row if there is none; its guid."""
    guid = guid_of(workspace)
    conn.execute(
        "INSERT INTO workspaces (guid, subscription, resource_group, name, created) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (guid, workspace.subscription, workspace.resource_group, workspace.name, to_micros(at)),
    )
    return guid


def find(conn: sqlite3.Connection, guid: str) -> WorkspaceId | None:
    """The workspace with that guid, if anything was ever written to it."""
    row = conn.execute("SELECT subscription, resource_group, name FROM workspaces WHERE guid = ?", (guid,)).fetchone()
    return WorkspaceId(*row) if row else None


def every(conn: sqlite3.Connection) -> list[WorkspaceId]:
    """All workspaces, oldest first."""
    rows = conn.execute("SELECT subscription, resource_group, name FROM workspaces ORDER BY created, guid")
    return [WorkspaceId(*row) for row in rows]
