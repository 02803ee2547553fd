"""The sweep's own log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.resource_id import WorkspaceId
from emulator.engine.actions import Component, WriteLog
from emulator.place import Place
from emulator.runner.hyperdrive_log import SweepLogs, log_line
from emulator.storage import Database, jobs
from emulator.storage.jobs import NewJob


@pytest.mark.parametrize(
    ("component", "line"),
    [
        (Component.API, "[2024-03-20T18:38:01.601970][API][INFO]text\n"),
        (Component.GENERATOR, "[2024-03-20T18:38:01.601970][GENERATOR][INFO]text\n"),
        (Component.SCHEDULER, "[2024-03-20T18:38:01.6019700Z][SCHEDULER][INFO]text \n"),
        (Component.CONTROLLER, "[2024-03-20T18:38:01.6019700Z][CONTROLLER][INFO]text \n"),
    ],
)
def test_each_component_has_its_own_form(component: Component, line: str) -> None:
    assert log_line(1710959881.60197, WriteLog(component, "text")) == line


def test_a_level_is_shown() -> None:
    assert re.search(r"\[ENFORCER\]\[WARNING\]text $", log_line(0.0, WriteLog(Component.ENFORCER, "text", "WARNING")))


def test_lines_are_added_to_a_log_that_is_made_when_needed(tmp_path: Path) -> None:
    store = Database.in_memory()
    new = NewJob(WorkspaceId("sub", "group", "space"), "s", "Sweep", "e", {}, created=0.0, created_by="me")
    sweep = store.write(lambda conn: jobs.get(conn, jobs.create(conn, new))).result()
    logs = SweepLogs(Place(tmp_path))
    logs.append(sweep, ["a\n"])
    logs.append(sweep, ["b\n"])
    assert logs.path(sweep).read_text() == "a\nb\n"
    assert logs.path(sweep).parts[-3:] == ("dcid.s", "azureml-logs", "hyperdrive.txt")
