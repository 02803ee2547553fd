"""The jobs of a workspace as people look for them: filtered, ordered, a page at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from contracts.lifecycle import JobStatus
from emulator.storage import schema
from emulator.storage.database import Database
from emulator.storage.jobs import JobId

Order = Literal["newest", "oldest", "name", "status"]

_BY: dict[Order, tuple[str, str]] = {
    "newest": ("j.id DESC", "j.id < :id"),
    "oldest": ("j.id", "j.id > :id"),
    "name": ("j.name", "j.name > :key"),
    "status": ("j.status DESC, j.id DESC", "j.status <= :key AND (j.status < :key OR j.id < :id)"),
}


class Mark(NamedTuple):
    """Where a page ended: the last job, and what it is ordered by."""

    job: int
    key: str


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs, and in what order; trials of sweeps are never among them.

    Parameters:
        workspace: guid.
        text: part of the name or of the display name, whatever the letter case.
        statuses, type, experiment: as they stand in the job; none for all.
        tag: (key, value) of a tag; any value when None.
        archived: None for all.
        after: where the page before ended.
    """

    workspace: str
    text: str = ""
    statuses: Sequence[str] = ()
    type: str | None = None
    experiment: str | None = None
    tag: tuple[str, str | None] | None = None
    archived: bool | None = False
    order: Order = "newest"
    after: Mark | None = None


def page(conn: sqlite3.Connection, wanted: JobQuery, size: int) -> list[tuple[JobId, Mark]]:
    """At most `size` jobs, each with the mark after which the next page would begin."""
    order, beyond = _BY[wanted.order]
    tables, conditions = ["jobs j"], ["j.workspace = :workspace", "j.parent IS NULL"]
    values: dict[str, Any] = {"workspace": wanted.workspace, "size": size}
    if wanted.archived is not None:
        conditions.append("j.archived = :archived")
        values["archived"] = wanted.archived
    if wanted.statuses:
        marks = [f":status{number}" for number in range(len(wanted.statuses))]
        conditions.append(f"j.status IN ({', '.join(marks)})")
        values |= {mark[1:]: status for mark, status in zip(marks, wanted.statuses, strict=True)}
    if wanted.type is not None:
        conditions.append("j.type = :type")
        values["type"] = wanted.type
    if wanted.experiment is not None:
        found = "SELECT id FROM experiments WHERE workspace = :workspace AND name = :experiment"
        conditions.append(f"j.experiment = ({found})")
        values["experiment"] = wanted.experiment
    if wanted.text:
        conditions.append("(j.name LIKE :text ESCAPE '\\' OR j.display_name LIKE :text ESCAPE '\\')")
        values["text"] = f"%{_literal(wanted.text)}%"
    if wanted.tag is not None:
        key, value = wanted.tag
        conditions.append("l.job = j.id AND l.kind = 'tag' AND l.key = :tag_key")
        if schema.is_indexed("tag", key):
            conditions.append(schema.INDEXED_LABEL.format(label="l."))
        if value is not None:
            conditions.append("l.value = :tag_value")
        tables.append("labels l")
        values |= {"tag_key": key, "tag_value": value}
    if wanted.after is not None:
        conditions.append(f"({beyond})")
        values |= {"id": wanted.after.job, "key": wanted.after.key}
    key_column = {"name": "j.name", "status": "j.status"}.get(wanted.order, "''")
    sql = (
        f"SELECT j.id, {key_column} FROM {', '.join(tables)} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {order} LIMIT :size"
    )
    return [(JobId(row_id), Mark(row_id, key)) for row_id, key in conn.execute(sql, values)]


def counts(conn: sqlite3.Connection, workspace: str) -> dict[JobStatus, int]:
    """How many jobs of a workspace, trials and archived ones left out, have which status.

    Parameters:
        workspace: guid.
    """
    found = conn.execute(
        "SELECT status, count(*) FROM jobs WHERE workspace = ? AND parent IS NULL AND archived = 0 GROUP BY status",
        (workspace,),
    )
    return {JobStatus(status): count for status, count in found}


class Counts:
    """What `counts` tells, counted again only when something was written since: it looks at every job.

    Parameters:
        store: whose jobs they are.
    """

    def __init__(self, store: Database) -> None:
        self._store = store
        self._known: dict[str, tuple[int, dict[JobStatus, int]]] = {}

    def of(self, workspace: str) -> dict[JobStatus, int]:
        """How many jobs of a workspace, by its guid, have which status."""
        commits = self._store.commits  # before the look: what is written meanwhile makes it look again
        known = self._known.get(workspace)
        if known is None or known[0] != commits:
            known = self._known[workspace] = commits, counts(self._store.reader(), workspace)
        return known[1]


def state(conn: sqlite3.Connection) -> tuple[int, int]:
    """Differs whenever a job was added or has another status: the last job and the last event."""
    return tuple(conn.execute("SELECT (SELECT max(id) FROM jobs), (SELECT max(id) FROM events)").fetchone())


def _literal(text: str) -> str:
    """A text that LIKE takes letter by letter."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return text
