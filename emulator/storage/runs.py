"""Jobs seen as runs: found by what they logged."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from contracts.dataplane.mlflow import run_status
from contracts.lifecycle import JobStatus
from emulator.storage.jobs import JobId

#: What a run can be searched by. `metric`, `param`, `tag` and `dataset` have a key.
Kind = Literal[
    "metric", "param", "tag", "dataset",
    "run_id", "run_name", "status", "start_time", "end_time", "user_id", "experiment", "artifact_uri",
]  # fmt: skip

_SERIES = "FROM series s WHERE s.job = j.id AND s.key = ?"
_LABEL = "(SELECT value FROM labels l WHERE l.job = j.id AND l.kind = '{}' AND l.key = ?)"
_STATUS = " ".join(f"WHEN '{status}' THEN '{run_status(status)}'" for status in JobStatus)
#: MLflow's times are whole milliseconds, the store's microseconds.
_COLUMNS: dict[str, str] = {
    # As in MLflow's own store, a value that is not a number is compared as if it were 0.
    "metric": f"(SELECT coalesce(last, 0.0) {_SERIES})",
    "param": _LABEL.format("param"),
    "tag": _LABEL.format("tag"),
    "run_id": "j.name",
    "run_name": "coalesce(nullif(j.display_name, ''), j.name)",
    "status": f"CASE j.status {_STATUS} END",
    "start_time": "((coalesce(j.started, j.created) + 500) / 1000)",
    "end_time": "((j.ended + 500) / 1000)",
    "user_id": "j.created_by",
    "experiment": "j.experiment",
    "artifact_uri": "'mlflow-artifacts:/ExperimentRun/dcid.' || j.name",
}
_LATEST = f"{_COLUMNS['start_time']} DESC"
_NAME_ABOVE = "(SELECT p.name FROM jobs p WHERE p.id = j.parent)"
_NAME_AT_THE_TOP = (
    "(WITH RECURSIVE above (parent, name) AS (SELECT p.parent, p.name FROM jobs p WHERE p.id = j.parent UNION ALL "
    "SELECT p.parent, p.name FROM jobs p JOIN above ON p.id = above.parent) "
    "SELECT name FROM above WHERE parent IS NULL)"
)
#: Tags that a run shows and that stand elsewhere than among its labels.
_SHOWN_TAGS = {
    "mlflow.runName": _COLUMNS["run_name"],
    "mlflow.user": _COLUMNS["user_id"],
    "mlflow.note.content": "nullif(j.description, '')",
    "mlflow.parentRunId": _NAME_ABOVE,
    "mlflow.rootRunId": _NAME_AT_THE_TOP,
}
_CONTEXT = "mlflow.data.context"
_DATASETS = {
    "name": "labels l WHERE l.job = j.id AND l.kind = 'dataset' AND json_extract(l.value, '$.dataset.name')",
    "digest": "labels l WHERE l.job = j.id AND l.kind = 'dataset' AND json_extract(l.value, '$.dataset.digest')",
    "context": (
        "labels l, json_each(l.value, '$.tags') t WHERE l.job = j.id AND l.kind = 'dataset' "
        f"AND json_extract(t.value, '$.key') = '{_CONTEXT}' AND json_extract(t.value, '$.value')"
    ),
}
#: What of the datasets of a run can be searched for.
DATASET_KEYS = frozenset(_DATASETS)


class Place(NamedTuple):
    """Where a run has a value."""

    kind: Kind
    key: str = ""

    def sql(self) -> tuple[str, tuple[str, ...]]:
        """An expression, and the values of its placeholders."""
        shown = _SHOWN_TAGS.get(self.key) if self.kind == "tag" else None
        if shown:
            return f"coalesce({shown}, {_COLUMNS['tag']})", (self.key,)
        return _COLUMNS[self.kind], (self.key,) if self.kind in {"metric", "param", "tag"} else ()

    def rank(self) -> tuple[str, tuple[str, ...]]:
        """As `sql`, an expression of what comes first: values, then metrics that are NaN, then runs without one."""
        text, keys = self.sql()
        missing = f"coalesce((SELECT last IS NULL {_SERIES}), 2)" if self.kind == "metric" else f"{text} IS NULL"
        return missing, keys


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
        if self.place.kind == "dataset":
            text, values = _compared(_DATASETS[self.place.key], self.operator, self.values)
            return f"EXISTS (SELECT 1 FROM {text})", values
        left, keys = self.place.sql()
        text, values = _compared(left, self.operator, self.values)
        return text, [*keys, *values]


def _compared(left: str, operator: str, values: Sequence[str | float]) -> tuple[str, list[Any]]:
    match operator:
        case "IS NULL" | "IS NOT NULL":
            return f"{left} {operator}", []
        case "IN" | "NOT IN":
            return f"{left} {operator} ({', '.join('?' * len(values))})", [*values]
        case "LIKE":
            # SQLite's LIKE takes no account of letter case; its GLOB does, as MLflow's LIKE.
            return f"{left} GLOB ?", [_glob(str(values[0]))]
        case "ILIKE":
            return f"{left} LIKE ?", [*values]
        case "=" | "!=" | "<" | "<=" | ">" | ">=":
            return f"{left} {operator} ?", [*values]
    raise ValueError(f"unknown operator {operator!r}")


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
    if wanted.archived is not None:
        if not wanted.orders:
            return _latest(conn, wanted, limit=limit, offset=offset)
        if len(wanted.orders) == 1 and wanted.orders[0][0].kind == "metric":
            best = _best(conn, wanted, limit=limit, offset=offset)
            if best is not None:
                return best
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
        (text, keys), (rank, rank_keys) = place.sql(), place.rank()
        order.append(f"{rank}, {text} {'DESC' if descending else 'ASC'}")
        values += [*rank_keys, *keys]
    order.append(f"{_LATEST}, j.name")
    sql = f"SELECT j.id FROM jobs j WHERE {' AND '.join(clauses)} ORDER BY {', '.join(order)} LIMIT ? OFFSET ?"
    return [JobId(row_id) for (row_id,) in conn.execute(sql, (*values, limit, offset))]


def _latest(conn: sqlite3.Connection, wanted: Search, *, limit: int, offset: int) -> list[JobId]:
    """As `search` without orders: the latest of each experiment in the order of an index, as many as are asked for."""
    held = [condition.sql() for condition in wanted.conditions]
    found = []
    for experiment in dict.fromkeys(wanted.experiments):
        clauses = ["j.workspace = ? AND j.experiment = ? AND j.archived = ?", *(text for text, _ in held)]
        values = [wanted.workspace, experiment, wanted.archived, *(value for _, given in held for value in given)]
        sql = (
            f"SELECT {_COLUMNS['start_time']}, j.name, j.id FROM jobs j INDEXED BY jobs_by_start "
            f"WHERE {' AND '.join(clauses)} ORDER BY {_LATEST}, j.name LIMIT ?"
        )
        found += conn.execute(sql, (*values, limit + offset)).fetchall()
    found.sort(key=lambda row: (-row[0], row[1]))
    return [JobId(row_id) for *_, row_id in found[offset : offset + limit]]


def _best(conn: sqlite3.Connection, wanted: Search, *, limit: int, offset: int) -> list[JobId] | None:
    """As `search` with one metric as its order, in the order of an index; None where not enough runs have a value."""
    place, descending = wanted.orders[0]
    direction, beyond, sign = ("DESC", ">=", -1) if descending else ("ASC", "<=", 1)
    held = [condition.sql() for condition in wanted.conditions]
    needed, found = limit + offset, []
    for experiment in dict.fromkeys(wanted.experiments):
        clauses = ["s.experiment = ? AND s.key = ? AND s.last IS NOT NULL AND j.workspace = ? AND j.archived = ?"]
        clauses += [text for text, _ in held]
        values = [experiment, place.key, wanted.workspace, wanted.archived]
        values += [value for _, given in held for value in given]
        source = (
            f"FROM series s INDEXED BY series_by_last CROSS JOIN jobs j ON j.id = s.job WHERE {' AND '.join(clauses)}"
        )
        order = f"ORDER BY s.last {direction}"
        # Runs with the value of the last one that is wanted are looked at too: of equal ones the latest come first.
        last = conn.execute(f"SELECT s.last {source} {order} LIMIT 1 OFFSET ?", (*values, needed - 1)).fetchone()
        if last is None and len(wanted.experiments) == 1:
            return None
        within, bound = (f" AND s.last {beyond} ?", last) if last else ("", ())
        columns = f"s.last, {_COLUMNS['start_time']}, j.name, j.id"
        sql = f"SELECT {columns} {source}{within} {order}, {_LATEST}, j.name LIMIT ?"
        found += conn.execute(sql, (*values, *bound, needed)).fetchall()
    if len(found) < needed:
        return None
    found.sort(key=lambda row: (sign * row[0], -row[1], row[2]))
    return [JobId(row_id) for *_, row_id in found[offset:needed]]


def _glob(pattern: str) -> str:
    """SQL's LIKE pattern as a GLOB pattern, in which letter case counts."""
    replaced = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
    return "".join(replaced.get(letter, letter) for letter in pattern)
