"""What is written on a job as names and texts: its tags, its properties, and the parameters that its run logged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Literal

from emulator.storage import changes

#: `tag`: `properties.tags`; `property`: `properties.properties`; `param`: MLflow's, not part of the ARM document;
#: `asset`: the names that outputs are registered under; `dataset`: what its run read, as MLflow's JSON.
Kind = Literal["tag", "property", "param", "asset", "dataset"]

#: The property of a job that says why none of the machines there are can run it; one that can takes it away.
WAITS_FOR = "amlet.waitsFor"


def merge(conn: sqlite3.Connection, job: int, kind: Kind, labels: Mapping[str, str]) -> None:
    """Add labels to a job and overwrite those of the same name; others stay, as the service does it."""
    if not labels:
        return
    insert(conn, job, kind, labels)
    if kind in ("tag", "property"):
        changes.touch(conn, job)


def insert(conn: sqlite3.Connection, job: int, kind: Kind, labels: Mapping[str, str]) -> None:
    """As `merge`, for a job that is only being made: it has no document yet."""
    if not labels:
        return
    conn.executemany(
        "INSERT INTO labels (job, kind, key, value) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET value = excluded.value",
        [(job, kind, key, value) for key, value in labels.items()],
    )


def inherit(conn: sqlite3.Connection, job: int, parent: int, kind: Kind, key: str) -> None:
    """Give a job that is only being made a label of its parent, if that has it."""
    conn.execute(
        "INSERT OR IGNORE INTO labels (job, kind, key, value) "
        "SELECT ?, kind, key, value FROM labels WHERE job = ? AND kind = ? AND key = ?",
        (job, parent, kind, key),
    )


def remove(conn: sqlite3.Connection, job: int, kind: Kind, keys: Iterable[str]) -> None:
    """Take labels off a job; those it does not have are left out."""
    conn.executemany("DELETE FROM labels WHERE job = ? AND kind = ? AND key = ?", [(job, kind, key) for key in keys])
    changes.touch(conn, job)


def of(conn: sqlite3.Connection, job: int, kind: Kind) -> dict[str, str]:
    """The labels of one kind that a job has, by name."""
    rows = conn.execute("SELECT key, value FROM labels WHERE job = ? AND kind = ? ORDER BY key", (job, kind))
    return dict(rows.fetchall())
