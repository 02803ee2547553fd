"""All rows of a store at once: emptied, copied from another store, written to a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from emulator.storage import documents, schema
from emulator.storage.checking import InvalidContents, bound, check_rows, check_tables
from emulator.storage.migrations import CannotMigrate, migrate

#: What belongs to this emulator and not to the state that it holds: its keys, and the processes of this machine.
_OWN = ("meta", "attempts")


def empty(conn: sqlite3.Connection) -> None:
    """Remove all jobs and assets with everything that belongs to them; row ids begin anew."""
    conn.execute("PRAGMA defer_foreign_keys = ON")
    conn.execute("DELETE FROM attempts")
    for table in reversed(_tables(conn)):
        conn.execute(f"DELETE FROM {table}")
    conn.execute("DELETE FROM sqlite_sequence")


def replace(conn: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Have the rows of another store, and those alone.

    Raises:
        InvalidContents: they contradict each other.
    """
    empty(conn)
    try:
        for table in _tables(conn):
            _copy(conn, source, table)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise InvalidContents(f"its rows contradict each other: {error}") from None
    for table, *_ in conn.execute("PRAGMA foreign_key_check"):
        raise InvalidContents(f"rows of {table} belong to others that are missing")
    conn.execute("DELETE FROM sqlite_sequence")  # which the rows above began to fill
    _copy(conn, source, "sqlite_sequence")
    documents.forget_all(conn)  # they were rendered for another emulator


def _copy(conn: sqlite3.Connection, source: sqlite3.Connection, table: str) -> None:
    columns = [name for (name,) in conn.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
    rows = source.execute(f"SELECT {names} FROM {table}")
    conn.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def save(source: sqlite3.Connection, path: Path) -> None:
    """Write all rows as they are at one moment to a new file, without the emulator's own."""
    target = sqlite3.connect(path, isolation_level=None)
    try:
        source.backup(target)
        for table in _OWN:
            target.execute(f"DELETE FROM {table}")
        documents.forget_all(target)  # they hold links with the page key
        target.execute("PRAGMA journal_mode = DELETE")
        target.execute("VACUUM")  # else the keys would still lie in the file, unnamed
    finally:
        target.close()


def opened(path: Path) -> sqlite3.Connection:
    """A connection that only reads a file written by `save`, after its tables were brought to this version.

    Raises:
        InvalidContents: it is not such a file, or is of a newer version.
    """
    try:
        _upgrade(path)
        # Opened in one thread and read by the writer's, one after the other.
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise InvalidContents(f"it is not an SQLite file: {error}") from None
    try:
        bound(connection, path)
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _upgrade(path: Path) -> None:
    """Migrate a file of an older amlet, from an untrusted source: one with triggers or views stays as it is."""
    writable = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    with closing(writable) as connection, suppress(sqlite3.DatabaseError, CannotMigrate, UnicodeDecodeError):
        connection.execute("PRAGMA trusted_schema = OFF")
        extra = connection.execute("SELECT 1 FROM sqlite_schema WHERE type NOT IN ('table', 'index')").fetchone()
        if extra is None and not schema.is_empty(connection) and schema.version_of(connection) < schema.VERSION:
            migrate(connection)


def _check(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        check_tables(connection)
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found == "ok":
            check_rows(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise InvalidContents(f"it is not an SQLite file, or damaged: {error}") from None
    if found != "ok":
        raise InvalidContents(f"it is damaged: {found}")


def _tables(conn: sqlite3.Connection) -> list[str]:
    """Those with the state, in the order in which they were made."""
    return list(_others(name for (name,) in conn.execute(_NAMES)))


_NAMES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"


def _others(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name not in _OWN)
