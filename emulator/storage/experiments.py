"""Experiments: a name for the runs that belong together, unique in its workspace."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

import orjson

from emulator.clock import to_micros, to_seconds

_COLUMNS = "id, workspace, name, created, modified, archived, tags"


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment; times in seconds since the epoch.

    Parameters:
        id: guid; the experiment id of MLflow and run history.
        workspace: guid of the workspace.
        name: as in `experimentName`.
        created, modified: when.
        archived: deleted, as MLflow calls it.
        tags: MLflow's experiment tags.
    """

    id: str
    workspace: str
    name: str
    created: float
    modified: float
    archived: bool
    tags: Mapping[str, str]


def ensure(conn: sqlite3.Connection, workspace: str, name: str, at: float) -> str:
    """The id of the experiment of that name, made if there is none.

    Parameters:
        workspace: guid of the workspace, which must have its row.
    """
    known = id_of(conn, workspace, name)
    if known is not None:
        return known
    # An experiment that had this name before keeps its id when it is renamed.
    forms = (name if number == 0 else f"{name}/{number}" for number in count())
    ids = (str(uuid.uuid5(uuid.UUID(workspace), form)) for form in forms)
    identity = next(one for one in ids if get(conn, one) is None)
    conn.execute(
        "INSERT INTO experiments (id, workspace, name, created, modified) VALUES (?, ?, ?, ?, ?)",
        (identity, workspace, name, to_micros(at), to_micros(at)),
    )
    return identity


def id_of(conn: sqlite3.Connection, workspace: str, name: str) -> str | None:
    """The id of the experiment of that name in a workspace, by its guid; the cheapest question about one."""
    row = conn.execute("SELECT id FROM experiments WHERE workspace = ? AND name = ?", (workspace, name)).fetchone()
    return str(row[0]) if row else None


def get(conn: sqlite3.Connection, identity: str) -> Experiment | None:
    """The experiment with that id."""
    return _one(conn.execute(f"SELECT {_COLUMNS} FROM experiments WHERE id = ?", (identity,)))


def find(conn: sqlite3.Connection, workspace: str, name: str) -> Experiment | None:
    """The experiment of that name in a workspace."""
    sql = f"SELECT {_COLUMNS} FROM experiments WHERE workspace = ? AND name = ?"
    return _one(conn.execute(sql, (workspace, name)))


def in_workspace(conn: sqlite3.Connection, workspace: str) -> list[Experiment]:
    """All experiments of a workspace, by name."""
    sql = f"SELECT {_COLUMNS} FROM experiments WHERE workspace = ? ORDER BY name"
    return [_read(row) for row in conn.execute(sql, (workspace,))]


def set_tags(conn: sqlite3.Connection, identity: str, tags: Mapping[str, str], at: float) -> None:
    """Replace the MLflow tags of an experiment."""
    conn.execute(
        "UPDATE experiments SET tags = ?, modified = ? WHERE id = ?",
        (orjson.dumps(tags).decode(), to_micros(at), identity),
    )


def set_archived(conn: sqlite3.Connection, identity: str, archived: bool, at: float) -> None:
    """Delete an experiment as MLflow does (it can be restored), or restore it."""
    conn.execute("UPDATE experiments SET archived = ?, modified = ? WHERE id = ?", (archived, to_micros(at), identity))


def rename(conn: sqlite3.Connection, identity: str, name: str, at: float) -> None:
    """Give an experiment another name; `sqlite3.IntegrityError` when that is taken."""
    conn.execute("UPDATE experiments SET name = ?, modified = ? WHERE id = ?", (name, to_micros(at), identity))


def _one(cursor: sqlite3.Cursor) -> Experiment | None:
    row = cursor.fetchone()
    return _read(row) if row else None


def _read(row: tuple[str, str, str, int, int, int, str]) -> Experiment:
    identity, workspace, name, created, modified, archived, tags = row
    return Experiment(
        identity, workspace, name, to_seconds(created), to_seconds(modified), bool(archived), orjson.loads(tags)
    )
