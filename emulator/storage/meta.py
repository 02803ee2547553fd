"""Small values that belong to the state as a whole: signing keys, the storage account key, the emulator's id."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable


def get(conn: sqlite3.Connection, key: str) -> bytes | None:
    """The value of that name."""
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return bytes(row[0]) if row else None


def put(conn: sqlite3.Connection, key: str, value: bytes) -> None:
    """Set the value of that name."""
    conn.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value)
    )


def get_or_make(conn: sqlite3.Connection, key: str, make: Callable[[], bytes]) -> bytes:
    """The value of that name, made the first time: `get_or_make(conn, "account_key", lambda: token_bytes(64))`."""
    found = get(conn, key)
    if found is None:
        put(conn, key, found := make())
    return found
