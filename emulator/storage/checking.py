"""Checks of a store from an untrusted source: its tables are this version's, and its rows are valid.

It is only read, and only so much as its size allows: no view, trigger, virtual table or computed column is evaluated.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson

from contracts.job_types import JOB_TYPES
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.storage import schema
from emulator.storage.workspaces import guid_of

#: What SQLite may do per byte of the file, and besides, in instructions of its virtual machine.
_STEPS_PER_BYTE, _STEPS, _STEP = 400, 1_000_000_000, 1_000_000

_HELD = {"INTEGER": "'integer'", "TEXT": "'text'", "REAL": "'real', 'integer'", "BLOB": "'blob'"}

#: Columns whose texts are JSON.
_JSON = {
    "jobs": ("body", "parameters", "choices", "error"),
    "experiments": ("tags",),
    "decisions": ("document",),
    "assets": ("document",),
}

_COLUMNS = 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)'

#: A name becomes a part of paths; see `contracts.rules.names`. Those of trials are longer by their number.
_BAD_NAME = "name = '' OR length(name) > 300 OR name GLOB '*[^-a-zA-Z0-9_]*' OR name GLOB '[-_]*'"


class InvalidContents(ValueError):
    """A file is not a store of this version; the text says why."""


def bound(connection: sqlite3.Connection, path: Path) -> None:
    """End whatever is read over this connection after as many steps as an honest file of that size may take."""
    left = (_STEPS + _STEPS_PER_BYTE * path.stat().st_size) // _STEP

    def count() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(count, _STEP)


def check_tables(connection: sqlite3.Connection) -> None:
    """Refuse a file whose tables and indices are not exactly those of this version.

    Raises:
        InvalidContents: they are not; so is every view, trigger, virtual table and computed column.
    """
    if schema.version_of(connection) != schema.VERSION:
        raise InvalidContents("its tables are those of another version of amlet")
    fresh = sqlite3.connect(":memory:")
    try:
        schema.create(fresh)
        expected = _objects(fresh)
    finally:
        fresh.close()
    for what in sorted(_objects(connection) ^ expected, key=repr):
        raise InvalidContents(f"its tables are not those of this amlet: {what[0]} {what[1]!r} differs")


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True


def check_rows(connection: sqlite3.Connection) -> None:
    """Refuse rows that this version would never have written.

    Raises:
        InvalidContents: the first that was found.
    """
    connection.create_function("is_json", 1, _is_json, deterministic=True)
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        columns = connection.execute(_COLUMNS, (table,)).fetchall()
        for name, kind, required, key in columns:
            if kind in _HELD:
                held = _HELD[kind] + ("" if required or key else ", 'null'")
                _refuse(connection, table, f"typeof({name}) NOT IN ({held})", f"a {name} of another type")
        for name in _JSON.get(table, ()):
            _refuse(connection, table, f"NOT ({name} IS NULL OR is_json({name}))", f"{name} that is not JSON")
    _refuse(connection, "jobs", _BAD_NAME, "a name that no job can have")
    statuses = ", ".join(f"'{status.value}'" for status in JobStatus)
    for table in ("jobs", "events"):
        _refuse(connection, table, f"status NOT IN ({statuses})", "a status that no job can have")
    types = ", ".join(f"'{name}'" for name, job_type in JOB_TYPES.items() if job_type.served)
    _refuse(connection, "jobs", f"type NOT IN ({types})", "a type that is not served")
    for guid, *names in connection.execute("SELECT guid, subscription, resource_group, name FROM workspaces"):
        if guid != guid_of(WorkspaceId(*names)):
            raise InvalidContents(f"workspaces has a row with an id that is not its own: {guid!r}")


def _refuse(connection: sqlite3.Connection, table: str, condition: str, what: str) -> None:
    # The names come from the schema of this version, not from the file.
    if connection.execute(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1").fetchone():
        raise InvalidContents(f"{table} has a row with {what}")


def _objects(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Tables, indices and whatever else there is, with the columns of each."""
    query = (
        "SELECT m.type, m.name, m.tbl_name, upper(substr(ltrim(m.sql), 1, 14)) NOT LIKE 'CREATE VIRTUAL%', "
        'c.name, upper(c.type), c."notnull", c.pk, c.hidden '
        "FROM sqlite_schema m LEFT JOIN pragma_table_xinfo(m.name) c ON m.type = 'table' "
        "WHERE m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return set(connection.execute(query))
