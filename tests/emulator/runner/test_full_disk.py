"""While the store takes no writes everything waits; when it takes them again, everything goes on by itself."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from contracts.lifecycle import ENDED, JobStatus
from emulator.clock import RealClock
from emulator.runner.unit_of_work import UnitOfWork
from emulator.storage import Database, StoreUnavailable, events, meta
from tests.emulator.executors.conftest import wait_until
from tests.emulator.runner.conftest import EmulatorInstance, MakeInstance

Fill = Callable[[Database], Callable[[], None]]


def full(conn: sqlite3.Connection) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Has every write to a store fail as on a full disk, until the function that it returns is called."""

    def fill(store: Database) -> Callable[[], None]:
        state = {"full": True}

        def filled(real: Callable[[Any], Future[Any]]) -> Callable[[Any], Future[Any]]:
            return lambda work: real(full if state["full"] else work)

        for name in ("write", "write_here"):
            monkeypatch.setattr(store, name, filled(getattr(store, name)))
        return lambda: state.update(full=False)

    return fill


def test_jobs_that_end_while_the_disk_is_full_end_when_there_is_space(
    instance: EmulatorInstance, fill: Fill, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    for name in ("a", "b"):
        instance.command(f"until [ -e {go} ]; do sleep 0.02; done", name=name)
        instance.until(lambda name=name: instance.get(name).status is JobStatus.RUNNING)
    instance.sweep("true", total=3)
    free = fill(instance.store)
    go.touch()
    wait_until(lambda: instance.job_runner.trouble is not None)
    assert "full" in (instance.job_runner.trouble or "")
    assert instance.get("a").status is JobStatus.RUNNING
    free()
    assert [instance.ended(name).status for name in ("a", "b", "s")] == [JobStatus.COMPLETED] * 3
    assert instance.statuses("a") == ["NotStarted", "Starting", "Queued", "Running", "Finalizing", "Completed"]
    wait_until(lambda: instance.job_runner.trouble is None)


def test_a_cancel_that_was_acknowledged_before_ends_the_job(instance: EmulatorInstance, fill: Fill) -> None:
    instance.command("sleep 1000")
    instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    job, now = instance.get("c").id, RealClock().now()
    instance.store.write(lambda conn: events.move(conn, job, JobStatus.CANCEL_REQUESTED, now)).result()
    free = fill(instance.store)
    instance.job_runner.cancel(job)
    wait_until(lambda: instance.job_runner.trouble is not None)
    assert instance.get("c").status is JobStatus.CANCEL_REQUESTED
    free()
    assert instance.ended("c").status is JobStatus.CANCELED
    assert instance.left_behind() == []


def test_an_emulator_whose_disk_is_full_ends_and_the_next_one_goes_on(
    make_instance: MakeInstance, fill: Fill, tmp_path: Path
) -> None:
    instance = make_instance()
    instance.command(f"[ -e {tmp_path / 'go'} ] || sleep 1000")
    instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    fill(instance.store)
    instance.job_runner.preempt(instance.get("c").id)
    wait_until(lambda: instance.job_runner.trouble is not None)
    instance.close()
    (tmp_path / "go").touch()
    again = make_instance(start=False)
    assert again.processes() == []
    again.job_runner.start()
    assert again.ended("c").status is JobStatus.COMPLETED


def test_an_emulator_that_starts_on_a_full_disk_recovers_with_space(make_instance: MakeInstance, fill: Fill) -> None:
    instance = make_instance(start=False)
    instance.command("true")
    moment = RealClock().now()
    instance.store.write(lambda conn: events.move(conn, instance.get("c").id, JobStatus.RUNNING, moment)).result()
    free = fill(instance.store)
    instance.job_runner.start()
    wait_until(lambda: instance.job_runner.trouble is not None)
    free()
    assert instance.ended("c").status is JobStatus.COMPLETED


def test_what_waits_for_a_write_is_done_once_and_only_when_it_is_stored() -> None:
    store, done, refuse = Database.in_memory(), list[str](), [True]
    unit_of_work = UnitOfWork(store, lambda sweep, lines: None)

    def put(conn: sqlite3.Connection) -> None:
        if refuse[0]:
            full(conn)
        meta.put(conn, "key", b"first")

    unit_of_work.write(put)
    unit_of_work.afterwards(lambda: done.append("effect"))
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            unit_of_work.flush()
    unit_of_work.write(lambda conn: meta.put(conn, "key", b"second"))
    refuse[0] = False
    unit_of_work.flush()
    assert done == ["effect"]
    assert meta.get(store.reader(), "key") == b"second"


def test_a_write_that_is_wrong_by_itself_does_not_keep_the_others_waiting(caplog: pytest.LogCaptureFixture) -> None:
    store = Database.in_memory()
    unit_of_work = UnitOfWork(store, lambda sweep, lines: None)

    def wrong(conn: sqlite3.Connection) -> None:
        raise LookupError("no such job")

    unit_of_work.write(lambda conn: meta.put(conn, "before", b"1"))
    unit_of_work.write(wrong)
    unit_of_work.write(lambda conn: meta.put(conn, "after", b"1"))
    unit_of_work.flush()
    assert meta.get(store.reader(), "before") == meta.get(store.reader(), "after") == b"1"
    assert "could not be stored" in caplog.text


def test_a_write_that_cannot_even_begin_is_answered(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "amlet.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_writer", _NoTransactions())
        with pytest.raises(StoreUnavailable):
            store.write(lambda conn: None).result(30)
    store.write(lambda conn: None).result(30)
    store.close()


class _NoTransactions:
    in_transaction = False

    def execute(self, statement: str) -> None:
        full(None)  # type: ignore[arg-type]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, "-t", "tmpfs", "-o", "size=6m", "amlet", folder], check=False).returncode:
        pytest.skip("only root can mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def write_for_ever(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


@pytest.mark.slow
def test_every_job_ends_after_a_disk_was_really_full(small_disk: Path, tmp_path: Path) -> None:
    instance = EmulatorInstance(small_disk / "state").open()
    instance.job_runner.start()
    try:
        for index in range(20):
            instance.command("sleep 0.2", name=f"c{index}")
        instance.sweep("sleep 0.1", total=10, concurrent=4)
        instance.command("sleep 1000", name="long")
        instance.until(lambda: instance.get("long").status in (JobStatus.QUEUED, JobStatus.RUNNING))
        ballast = small_disk / "ballast"
        with pytest.raises(OSError, match="No space"):
            write_for_ever(ballast)
        wait_until(lambda: instance.job_runner.trouble is not None)
        ballast.unlink()
        instance.cancel("long")
        names = [f"c{index}" for index in range(20)] + ["s", "long"]
        assert all(instance.ended(name).status in ENDED for name in names)
        assert instance.get("long").status is JobStatus.CANCELED
    finally:
        instance.close()
