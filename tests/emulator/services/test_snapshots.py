"""Snapshots of an emulator whose trials are real processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from amlet.testing import InProcessEmulator
from contracts.lifecycle import JobStatus
from contracts.resource_id import LOCAL_WORKSPACE
from emulator.executors.process_table import processes
from emulator.services.snapshots import Snapshots
from emulator.storage import jobs

pytestmark = pytest.mark.slow


@pytest.fixture
def emulator() -> Iterator[InProcessEmulator]:
    with InProcessEmulator(executor="process", settings={"kill_grace": 1.0}) as emulator:
        yield emulator


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A trial that writes to it waits for its reader, and the other way round."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def submit(emulator: InProcessEmulator, name: str, command: str) -> None:
    body = {"properties": {"jobType": "Command", "command": command, "environmentId": "azureml:env:1"}}
    assert emulator.request("PUT", f"jobs/{name}", json=body).status == 201


def test_a_job_that_ran_when_it_was_saved_runs_again_after_a_restore(emulator: InProcessEmulator, pipe: Path) -> None:
    snapshots = Snapshots(emulator.emulator)
    submit(emulator, "one", f"echo begun > {pipe}; read word < {pipe}; echo $word")
    assert pipe.read_text() == "begun\n"
    saved = snapshots.save("under-way")
    snapshots.load(saved)  # the first process ends here, before it was answered
    assert pipe.read_text() == "begun\n"
    pipe.write_text("go\n")
    emulator.client().jobs.stream("one")
    conn = emulator.emulator.store.reader()
    job = jobs.find(conn, LOCAL_WORKSPACE, "one")
    assert job is not None
    assert job.status is JobStatus.COMPLETED
    log = emulator.emulator.place.run_artifacts(LOCAL_WORKSPACE, "one") / "user_logs" / "std_log.txt"
    assert log.read_text() == "go\n"


def test_a_job_that_is_not_in_a_snapshot_is_ended_by_a_restore(emulator: InProcessEmulator, pipe: Path) -> None:
    snapshots = Snapshots(emulator.emulator)
    saved = snapshots.save("empty")
    submit(emulator, "one", f"echo $$ > {pipe}; sleep 600")
    pid = int(pipe.read_text())
    snapshots.load(saved)
    assert emulator.request("GET", "jobs/one").status == 404
    assert pid not in {process.pid for process in processes()}
    submit(emulator, "two", "true")
    emulator.client().jobs.stream("two")
    assert emulator.client().jobs.get("two").status == "Completed"


def test_a_reset_ends_what_runs(emulator: InProcessEmulator, pipe: Path) -> None:
    submit(emulator, "one", f"echo $$ > {pipe}; sleep 600")
    pid = int(pipe.read_text())
    Snapshots(emulator.emulator).reset()
    assert pid not in {process.pid for process in processes()}
    assert emulator.request("GET", "jobs/one").status == 404
