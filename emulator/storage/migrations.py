"""Brings the tables of an older amlet to those of this one: one step for each version, all of them or none.

How to change the tables: change `schema.py`, raise `schema.VERSION` by one, and add the step from the version before to
`_STEPS`. `tests/emulator/storage/test_migrations.py` opens a database of each version that was ever released.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

import orjson

from emulator.storage import documents, schema

Step = Callable[[sqlite3.Connection], None]


class CannotMigrate(ValueError):
    """The tables are not those that any version of amlet had under their number."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database up to `schema.VERSION`, in one transaction.

    Parameters:
        connection: in autocommit mode; its database has tables and a version below `schema.VERSION`.

    Raises:
        CannotMigrate: it cannot be brought there; nothing has changed.
    """
    version = schema.version_of(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version, schema.VERSION):
            if number not in _STEPS:
                raise CannotMigrate(f"schema version {number}")
            _STEPS[number](connection)
        documents.forget_all(connection)  # an older amlet rendered them
        if not schema.is_current(connection):
            raise CannotMigrate(f"other tables than schema version {version} had")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute("COMMIT")
    except BaseException as error:
        connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error | ValueError | AttributeError):  # no such column, no JSON, no object
            raise CannotMigrate(str(error)) from error
        raise


def _name_the_project_file(connection: sqlite3.Connection) -> None:
    """What a submitting command chose as "world" is called "project"."""
    for job, text in connection.execute("SELECT id, choices FROM jobs WHERE choices <> '{}'").fetchall():
        choices = orjson.loads(text)
        if "world" in choices:
            choices["project"] = choices.pop("world")
            connection.execute("UPDATE jobs SET choices = ? WHERE id = ?", (orjson.dumps(choices).decode(), job))


def _keep_attempts(connection: sqlite3.Connection) -> None:
    """What the executor says of an attempt is an opaque record of its own, in place of columns for a process."""
    connection.execute(
        "CREATE TABLE attempts (job INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE, "
        "number INTEGER NOT NULL, reach TEXT NOT NULL, record TEXT NOT NULL)"
    )
    connection.execute(
        "INSERT INTO attempts SELECT p.job, (SELECT max(attempt) FROM events e WHERE e.job = p.job), '', "
        "p.pid || char(9) || p.birth || char(9) || p.mark FROM processes p"
    )
    connection.execute("DROP TABLE processes")


def _name_the_provenance(connection: sqlite3.Connection) -> None:
    """The record of what a job's trials ran was kept under another kind."""
    connection.execute("UPDATE decisions SET kind = 'provenance' WHERE kind = 'ingredients'")


def _keep_every_attempt(connection: sqlite3.Connection) -> None:
    """All attempts of a job are kept, not only the last one, each with where it runs, its state and its lease."""
    connection.execute("ALTER TABLE attempts RENAME TO last_attempts")
    connection.execute(
        "CREATE TABLE attempts (job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, number INTEGER NOT NULL, "
        "reach TEXT NOT NULL, record TEXT NOT NULL, worker TEXT NOT NULL DEFAULT '', host TEXT NOT NULL DEFAULT '', "
        "state TEXT NOT NULL DEFAULT 'started', deadline INTEGER, PRIMARY KEY (job, number)) WITHOUT ROWID"
    )
    connection.execute(
        "INSERT INTO attempts (job, number, reach, record) SELECT job, number, reach, record FROM last_attempts"
    )
    connection.execute("DROP TABLE last_attempts")


def _find_the_latest(connection: sqlite3.Connection) -> None:
    """Runs are searched by their start without a look at all of them."""
    connection.execute(
        "CREATE INDEX jobs_by_start ON jobs "
        "(experiment, archived, ((coalesce(started, created) + 500) / 1000) DESC, name)"
    )


def _find_equal_points(connection: sqlite3.Connection) -> None:
    """A point that comes again, out of order, is found without a look at its whole series."""
    connection.execute("CREATE INDEX points_by_step ON points (series, step, at, value)")


def _find_the_best(connection: sqlite3.Connection) -> None:
    """Runs are ordered by a metric without a look at all of them."""
    connection.execute("ALTER TABLE series ADD COLUMN experiment TEXT")
    connection.execute("UPDATE series SET experiment = (SELECT experiment FROM jobs WHERE jobs.id = series.job)")
    connection.execute("CREATE INDEX series_by_last ON series (experiment, key, last, job)")


#: By the version that a step starts from.
_STEPS: Mapping[int, Step] = {
    1: _name_the_project_file,
    2: _keep_attempts,
    3: _name_the_provenance,
    4: _keep_every_attempt,
    5: _find_the_latest,
    6: _find_equal_points,
    7: _find_the_best,
}
