"""The tables. Times are integer microseconds since the epoch, UTC.

What routes filter by has an index. Left out are the labels that the emulator itself writes on every job: there are
many, they would cost each PUT a dozen scattered pages, and a query for one gets nearly all jobs, newest first.
"""

from __future__ import annotations

import sqlite3
from functools import cache

#: Raised by one with every change of the tables, or of what their columns mean, together with a step in
#: `emulator.storage.migrations`; kept in the file as `PRAGMA user_version`. The tables of a file with the same number
#: are compared too (`is_current`), so that a file of another program is not taken for one of ours.
VERSION = 8

#: Which labels `labels_by_key` holds; a query has to repeat these words to make use of it.
INDEXED_LABEL = "({label}kind IN ('tag', 'asset') AND substr({label}key, 1, 1) <> '_')"

_TABLES = """
CREATE TABLE workspaces (
    guid TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    resource_group TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE experiments (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (guid),
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    tags TEXT NOT NULL DEFAULT '{}',
    UNIQUE (workspace, name)
) WITHOUT ROWID;

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL REFERENCES workspaces (guid),
    name TEXT NOT NULL,
    parent INTEGER REFERENCES jobs (id) ON DELETE CASCADE,
    trial INTEGER,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    experiment TEXT NOT NULL REFERENCES experiments (id),
    display_name TEXT,
    description TEXT,
    body TEXT NOT NULL,
    parameters TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    modified INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    choices TEXT NOT NULL DEFAULT '{}',
    seed INTEGER,
    error TEXT,
    revision INTEGER NOT NULL DEFAULT 0,
    document BLOB,
    UNIQUE (workspace, name)
);
CREATE INDEX jobs_listed ON jobs (workspace, id, archived) WHERE parent IS NULL;
CREATE INDEX jobs_of_type ON jobs (workspace, type, id, archived) WHERE parent IS NULL;
CREATE INDEX jobs_of_status ON jobs (workspace, status, id, archived) WHERE parent IS NULL;
CREATE INDEX jobs_of_experiment ON jobs (experiment, id);
CREATE INDEX jobs_by_start ON jobs (experiment, archived, ((coalesce(started, created) + 500) / 1000) DESC, name);
CREATE UNIQUE INDEX jobs_of_parent ON jobs (parent, trial) WHERE parent IS NOT NULL;
CREATE INDEX jobs_open ON jobs (id) WHERE status NOT IN ('Completed', 'Failed', 'Canceled');

CREATE TABLE labels (
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (job, kind, key)
) WITHOUT ROWID;
CREATE INDEX labels_by_key ON labels (kind, key, job)
    WHERE {indexed_label};

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    attempt INTEGER NOT NULL
);
CREATE INDEX events_of_job ON events (job, id);

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    count INTEGER NOT NULL,
    last REAL,
    last_at INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    least REAL,
    greatest REAL,
    experiment TEXT,
    UNIQUE (job, key)
);
CREATE INDEX series_by_last ON series (experiment, key, last, job);
CREATE TABLE points (
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    value REAL,
    at INTEGER NOT NULL,
    step INTEGER NOT NULL,
    PRIMARY KEY (series, n)
) WITHOUT ROWID;
CREATE INDEX points_by_step ON points (series, step, at, value);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX decisions_of_job ON decisions (job, id);

CREATE TABLE attempts (
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    reach TEXT NOT NULL,
    record TEXT NOT NULL,
    worker TEXT NOT NULL DEFAULT '',
    host TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'started',
    deadline INTEGER,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;

CREATE TABLE assets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL REFERENCES workspaces (guid),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT,
    anonymous INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (workspace, kind, name, version)
);
CREATE INDEX assets_listed ON assets (workspace, kind, name, archived, id);
CREATE INDEX assets_by_hash ON assets (workspace, kind, hash) WHERE hash IS NOT NULL;

CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


def is_indexed(kind: str, key: str) -> bool:
    """Whether `INDEXED_LABEL` is true of a label."""
    return kind in ("tag", "asset") and not key.startswith("_")


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of a file; 0 for an empty one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether the file has no table yet."""
    return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the file has the tables, columns and indices of this version, whatever its version number."""
    fresh = sqlite3.connect(":memory:")
    create(fresh)
    expected, found = _shape(fresh), _shape(connection)
    fresh.close()
    return expected == found


def _shape(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT m.name, ifnull(c.name, '') FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) c"
    return set(connection.execute(query + " WHERE m.name NOT LIKE 'sqlite_%'"))


def create_in_memory(connection: sqlite3.Connection) -> None:
    """Make all tables in a store without a file, by a copy, at a fifth of what it takes to make them."""
    _pattern().backup(connection)


@cache
def _pattern() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    create(connection)
    return connection


def create(connection: sqlite3.Connection) -> None:
    """Make all tables, or none."""
    tables = _TABLES.replace("{indexed_label}", INDEXED_LABEL.format(label=""))
    connection.executescript(f"BEGIN IMMEDIATE; {tables} PRAGMA user_version = {VERSION}; COMMIT;")
