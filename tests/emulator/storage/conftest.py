"""Stores for tests, and jobs to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.resource_id import WorkspaceId
from emulator.storage import Database, jobs
from emulator.storage.jobs import JobId, NewJob

WORKSPACE = WorkspaceId("sub", "group", "ws")


def a_job(name: str = "job", **values: Any) -> NewJob:
    """A job that can be stored."""
    defaults: dict[str, Any] = {
        "workspace": WORKSPACE,
        "name": name,
        "type": "Sweep",
        "experiment": "exp",
        "body": {"jobType": "Sweep"},
        "created": 1000.5,
        "created_by": "me",
    }
    return NewJob(**defaults | values)


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "amlet.db") if request.param == "file" else Database.in_memory()
    yield database
    database.close()


@pytest.fixture
def put(store: Database) -> Callable[..., JobId]:
    """Store a job: `put("name", archived=True)`."""
    return lambda name="job", **values: store.write(lambda conn: jobs.create(conn, a_job(name, **values))).result()
