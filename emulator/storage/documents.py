"""The rendered ARM document of each job, kept beside it so that a GET or a page of a list is a read and no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator.storage import schema
from emulator.storage.jobs import JobId


class Kept(NamedTuple):
    """A job's document, if it is up to date; else it is to be rendered and kept for that revision."""

    job: JobId
    revision: int
    document: bytes | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs a page lists, newest first.

    Parameters:
        workspace: guid.
        type: `Sweep`, `Command`, or any.
        archived: None for all.
        labels: (kind, key, value) that the job must have; any value when None.
        trials: whether trials of sweeps are in it.
        before: only jobs with a smaller row id: the last one of the page before.
    """

    workspace: str
    type: str | None = None
    archived: bool | None = False
    labels: Sequence[tuple[str, str, str | None]] = ()
    trials: bool = False
    before: int | None = None


def find(conn: sqlite3.Connection, workspace: str, name: str) -> Kept | None:
    """What is kept for the job of that name.

    Parameters:
        workspace: guid of the workspace.
    """
    row = conn.execute(
        "SELECT id, revision, document FROM jobs WHERE workspace = ? AND name = ?", (workspace, name)
    ).fetchone()
    return Kept(*row) if row else None


def page(conn: sqlite3.Connection, wanted: Filter, size: int) -> list[Kept]:
    """At most `size` documents."""
    tables, conditions, values = ["jobs j"], ["j.workspace = ?"], [wanted.workspace]

    def need(condition: str, *given: Any) -> None:
        conditions.append(condition)
        values.extend(given)

    if not wanted.trials:
        need("j.parent IS NULL")
    if wanted.type is not None:
        need("j.type = ?", wanted.type)
    if wanted.archived is not None:
        need("j.archived = ?", wanted.archived)
    order = "j.id"
    for number, (kind, key, value) in enumerate(wanted.labels):
        label = f"l{number}"
        need(f"{label}.job = j.id AND {label}.kind = ? AND {label}.key = ?", kind, key)
        if value is not None:
            need(f"{label}.value = ?", value)
        if schema.is_indexed(kind, key):
            need(schema.INDEXED_LABEL.format(label=f"{label}."))
            tables.insert(0, f"labels {label}")
            order = f"{label}.job"
        else:
            tables.append(f"labels {label}")
    if wanted.before is not None:
        need(f"{order} < ?", wanted.before)
    # CROSS JOIN keeps the order of the tables: without it SQLite would walk through all jobs for a rare tag.
    sql = (
        f"SELECT j.id, j.revision, j.document FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {order} DESC LIMIT ?"
    )
    return [Kept(*row) for row in conn.execute(sql, (*values, size))]


def keep(conn: sqlite3.Connection, job: JobId, revision: int, document: bytes) -> None:
    """Keep a document that was rendered from that revision, unless the job has changed since."""
    conn.execute("UPDATE jobs SET document = ? WHERE id = ? AND revision = ?", (document, job, revision))


def forget_all(conn: sqlite3.Connection) -> None:
    """Drop every kept document: something else than the jobs has changed that shows in them."""
    conn.execute("UPDATE jobs SET document = NULL WHERE document IS NOT NULL")
