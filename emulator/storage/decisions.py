"""What a sweep decided, and why: samples proposed, trials cut, the best so far. Appended, never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from emulator.clock import to_micros, to_seconds


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a sweep.

    Parameters:
        id: ascending in the order of deciding.
        at: when, in seconds since the epoch.
        kind: what sort of decision.
        document: its particulars, as JSON values.
    """

    id: int
    at: float
    kind: str
    document: Mapping[str, Any]


def append(conn: sqlite3.Connection, sweep: int, at: float, kind: str, document: object) -> None:
    """Store a decision of a sweep job; its document is a mapping or a dataclass of JSON values."""
    conn.execute(
        "INSERT INTO decisions (job, at, kind, document) VALUES (?, ?, ?, ?)",
        (sweep, to_micros(at), kind, orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS).decode()),
    )


def append_once(conn: sqlite3.Connection, sweep: int, at: float, kind: str, document: object) -> None:
    """As `append`, unless the job has one of that kind, or is there no more."""
    known = "SELECT 1 FROM decisions WHERE job = ? AND kind = ?"
    is_there = conn.execute("SELECT 1 FROM jobs WHERE id = ?", (sweep,)).fetchone()
    if is_there and not conn.execute(known, (sweep, kind)).fetchone():
        append(conn, sweep, at, kind, document)


def history(conn: sqlite3.Connection, sweep: int) -> list[Decision]:
    """All decisions of a sweep job, in order."""
    return _read(conn, "", (sweep,))


def about(conn: sqlite3.Connection, sweep: int, trial: int, limit: int = -1) -> list[Decision]:
    """The decisions about one trial, in order.

    Parameters:
        trial: its index.
        limit: at most so many; all when negative.
    """
    # `instr` passes over most documents without parsing them.
    condition = "AND instr(document, ?) AND json_extract(document, '$.trial') = ?"
    return _read(conn, condition, (sweep, f'"trial":{trial}', trial), limit)


def cuts(conn: sqlite3.Connection, sweep: int) -> list[Decision]:
    """The decisions of the policy that stopped a trial, in order."""
    return _read(conn, """AND kind = 'policy' AND instr(document, '"cancel":true')""", (sweep,))


def latest(conn: sqlite3.Connection, sweep: int, kind: str, limit: int) -> list[Decision]:
    """The last decisions of a kind, latest first."""
    return _read(conn, "AND kind = ?", (sweep, kind), limit, "DESC")


def _read(
    conn: sqlite3.Connection, condition: str, values: tuple[object, ...], limit: int = -1, order: str = "ASC"
) -> list[Decision]:
    sql = f"SELECT id, at, kind, document FROM decisions WHERE job = ? {condition} ORDER BY id {order} LIMIT ?"
    rows = conn.execute(sql, (*values, limit))
    return [Decision(number, to_seconds(at), kind, orjson.loads(text)) for number, at, kind, text in rows]
