"""A state directory of an older amlet opens; one that cannot be understood is refused and left as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from amlet.testing.emulator_instance import signing_key
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.settings import Settings
from emulator.storage import Database, OlderSchema, attempts, contents, decisions, jobs, schema
from emulator.storage.attempts import AttemptRow
from emulator.storage.contents import InvalidContents

_FIRST_EDITION = Path(__file__).parent / "data" / "first_edition.sql"
_WORKSPACE = WorkspaceId("11111111-1111-1111-1111-111111111111", "group", "first")


@pytest.fixture
def first_edition(tmp_path: Path) -> Path:
    """The database of a state directory that the first edition wrote."""
    path = tmp_path / "amlet.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_FIRST_EDITION.read_text())
    return path


def _change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_the_first_edition_opens_with_the_project_files_that_its_jobs_chose(first_edition: Path) -> None:
    with closing(Database.open(first_edition)) as store:
        found = [jobs.find(store.reader(), _WORKSPACE, name) for name in ("sweep", "sweep_1", "command", "unfinished")]
        assert [(job and job.status, job and job.choices.project) for job in found] == [
            (JobStatus.COMPLETED, "/projects/digits/amlet.yml"),
            (JobStatus.COMPLETED, "/projects/digits/amlet.yml"),
            (JobStatus.COMPLETED, None),
            (JobStatus.STARTING, "/projects/digits/amlet.yml"),
        ]
        assert schema.version_of(store.reader()) == schema.VERSION


def test_the_runs_of_the_first_edition_are_found_by_their_best_metric(first_edition: Path) -> None:
    with closing(Database.open(first_edition)) as store:
        conn = store.reader()
        wrong = "SELECT 1 FROM series s JOIN jobs j ON j.id = s.job WHERE s.experiment IS NOT j.experiment"
        assert conn.execute("SELECT count(*) FROM series").fetchone()[0]
        assert conn.execute(wrong).fetchone() is None


def test_a_migrated_state_is_not_migrated_again(first_edition: Path) -> None:
    Database.open(first_edition).close()
    before = _dump(first_edition)
    Database.open(first_edition).close()
    assert _dump(first_edition) == before


def test_an_emulator_goes_on_with_a_job_of_the_first_edition(
    first_edition: Path, ask: Callable[..., httpx.Response]
) -> None:
    _change(first_edition, "UPDATE jobs SET choices = '{}' WHERE name = 'unfinished'")
    config = EmulatorConfig(Settings().with_values({"auth": "any"}), virtual=True, signing_key=signing_key())
    emulator = build(config, Place(first_edition.parent))
    emulator.job_runner.start()
    app, headers = app_of(emulator), {"Authorization": "Bearer t"}

    def properties(name: str) -> dict[str, Any]:
        url = f"{_WORKSPACE}/jobs/{name}?api-version=2024-10-01"
        return dict(ask(app, "GET", url, headers=headers).json()["properties"])

    assert properties("unfinished")["status"] == "Completed"
    assert properties("sweep")["properties"]["best_child_run_id"] == "sweep_1"
    assert properties("sweep_1")["status"] == "Completed"
    emulator.job_runner.stop()
    emulator.store.close()


def test_a_process_that_the_first_edition_left_running_is_known_to_the_executor(first_edition: Path) -> None:
    _change(
        first_edition,
        "INSERT OR REPLACE INTO processes SELECT id, 12, 'then', 'mark' FROM jobs WHERE name = 'unfinished'",
    )
    with closing(Database.open(first_edition)) as store:
        job = jobs.find(store.reader(), _WORKSPACE, "unfinished")
        assert job is not None
        assert attempts.find(store.reader(), job.id) == AttemptRow(job.id, 1, "", "12\tthen\tmark")


def test_the_provenance_that_the_first_edition_recorded_is_found_under_its_name(first_edition: Path) -> None:
    _change(
        first_edition,
        "INSERT INTO decisions (job, at, kind, document) SELECT id, 1, 'ingredients', '{\"python\": \"3.11.9\"}' "
        "FROM jobs WHERE name = 'command'",
    )
    with closing(Database.open(first_edition)) as store:
        conn = store.reader()
        job = jobs.find(conn, _WORKSPACE, "command")
        assert job is not None
        assert [(one.kind, one.document) for one in decisions.history(conn, job.id)] == [
            ("provenance", {"python": "3.11.9"})
        ]


def test_rendered_documents_of_the_first_edition_are_not_shown_any_more(first_edition: Path) -> None:
    _change(first_edition, "UPDATE jobs SET document = '{}'")
    Database.open(first_edition).close()
    with closing(sqlite3.connect(first_edition)) as connection:
        assert connection.execute("SELECT count(document) FROM jobs").fetchone() == (0,)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE jobs RENAME COLUMN choices TO others",
        "CREATE TABLE other (id INTEGER)",
        "UPDATE jobs SET choices = 'no JSON'",
        "PRAGMA user_version = 0",
    ],
)
def test_what_cannot_be_migrated_is_refused_with_a_remedy_and_left_as_it_was(first_edition: Path, change: str) -> None:
    _change(first_edition, change)
    before = _dump(first_edition)
    with pytest.raises(OlderSchema, match=r"`amlet emulator reset`.*--state-dir"):
        Database.open(first_edition)
    assert _dump(first_edition) == before


def test_a_snapshot_of_the_first_edition_can_be_restored(first_edition: Path) -> None:
    with closing(Database.in_memory()) as store, closing(contents.opened(first_edition)) as source:
        store.write(lambda conn: contents.replace(conn, source)).result()
        job = jobs.find(store.reader(), _WORKSPACE, "sweep")
        assert job is not None
        assert job.choices.project == "/projects/digits/amlet.yml"


def test_a_snapshot_with_a_trigger_is_refused_untouched(first_edition: Path) -> None:
    _change(first_edition, "CREATE TRIGGER sly AFTER UPDATE ON jobs BEGIN DELETE FROM labels; END")
    with pytest.raises(InvalidContents, match="another version"):
        contents.opened(first_edition)
    with closing(sqlite3.connect(first_edition)) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM labels").fetchone() == (1,)
