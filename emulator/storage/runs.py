"""Jobs seen as runs: found by what they logged."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from emulator.storage.jobs import JobId

#: What a run can be searched by. `metric`, `param` and `tag` have a key.
Kind = Literal[
    "metric", "param", "tag", "run_id", "run_name", "status", "start_time", "end_time", "user_id", "experiment"
]

_COLUMNS: dict[str, str] = {
    "metric": "(SELECT last FROM series s WHERE s.job = j.id AND s.key = ?)",
    "param": "(SELECT value FROM labels l WHERE l.job = j.id AND l.kind = 'param' AND l.key = ?)",
    "tag": "(SELECT value FROM labels l WHERE l.job = j.id AND l.kind = 'tag' AND l.key = ?)",
    "parent": "(SELECT p.name FROM jobs p WHERE p.id = j.parent)",
    "run_id": "j.name",
    "run_name": "j.display_name",
    "status": "j.status",
    "start_time": "coalesce(j.started, j.created)",
    "end_time": "j.ended",
    "user_id": "j.created_by",
    "experiment": "j.experiment",
}
_OF_TAG = {"mlflow.runName": "run_name", "mlflow.user": "user_id", "mlflow.note.content": "description"}
_COLUMNS["description"] = "j.description"


class Place(NamedTuple):
    """Where a run has a value."""

    kind: Kind
    key: str = ""

    def sql(self) -> tuple[str, tuple[str, ...]]:
        """An expression, and the values of its placeholders."""
        if self.kind == "tag" and self.key in _OF_TAG:
            return _COLUMNS[_OF_TAG[self.key]], ()
        if self.kind == "tag" and self.key == "mlflow.parentRunId":
            return f"coalesce({_COLUMNS['parent']}, {_COLUMNS['tag']})", (self.key,)
        return _COLUMNS[self.kind], (self.key,) if self.kind in {"metric", "param", "tag"} else ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison.

    Parameters:
        place: of the value on the left.
        operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE` (letter case counts), `ILIKE`, `IN`, `NOT IN`, `IS NULL`,
            `IS NOT NULL`.
        values: on the right; one, unless for `IN` (any) and `IS` (none).
    """

    place: Place
    operator: str
    values: Sequence[str | float] = ()

    def sql(self) -> tuple[str, list[Any]]:
        """The condition, and the values of its placeholders."""
        left, found = self.place.sql()
        match self.operator:
            case "IS NULL" | "IS NOT NULL":
                return f"{left} {self.operator}", [*found]
            case "IN" | "NOT IN":
                marks = ", ".join("?" * len(self.values))
                return f"{left} {self.operator} ({marks})", [*found, *self.values]
            case "LIKE":
                return f"{left} GLOB ?", [*found, _glob(str(self.values[0]))]
            case "ILIKE":
                return f"{left} LIKE ?", [*found, *self.values]
            case "=" | "!=" | "<" | "<=" | ">" | ">=":
                return f"{left} {self.operator} ?", [*found, *self.values]
        raise ValueError(f"unknown operator {self.operator!r}")


@dataclass(frozen=True, slots=True)
class Search:
    """Which runs, and in what order.

    Parameters:
        workspace: guid.
        experiments: ids.
        archived: None for all.
        conditions: all of them hold.
        orders: (place, descending); runs without the value come last.
    """

    workspace: str
    experiments: Sequence[str]
    archived: bool | None = False
    conditions: Sequence[Condition] = ()
    orders: Sequence[tuple[Place, bool]] = field(default_factory=tuple)


def search(conn: sqlite3.Connection, wanted: Search, *, limit: int, offset: int = 0) -> list[JobId]:
    """The runs that match: as ordered, then the latest start first."""
    marks = ", ".join("?" * len(wanted.experiments))
    clauses = [f"j.workspace = ? AND j.experiment IN ({marks})"]
    values: list[Any] = [wanted.workspace, *wanted.experiments]
    if wanted.archived is not None:
        clauses.append("j.archived = ?")
        values.append(wanted.archived)
    for condition in wanted.conditions:
        text, found = condition.sql()
        clauses.append(text)
        values += found
    order = []
    for place, descending in wanted.orders:
        text, keys = place.sql()
        order.append(f"{text} IS NULL, {text} {'DESC' if descending else 'ASC'}")
        values += [*keys, *keys]
    order.append("coalesce(j.started, j.created) DESC, j.name")
    sql = f"SELECT j.id FROM jobs j WHERE {' AND '.join(clauses)} ORDER BY {', '.join(order)} LIMIT ? OFFSET ?"
    return [JobId(row_id) for (row_id,) in conn.execute(sql, (*values, limit, offset))]


def _glob(pattern: str) -> str:
    """SQL's LIKE pattern as a GLOB pattern, in which letter case counts."""
    replaced = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
    return "".join(replaced.get(letter, letter) for letter in pattern)
