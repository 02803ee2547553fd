"""Attempts on a real Dask cluster: `dask scheduler` and `dask worker` of the official command line, on loopback."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from amlet.testing.emulator_instance import EmulatorInstance
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.config import EmulatorConfig
from emulator.executors.base import Attempt, Executor, Launch, TrialRefused, TrialStarted, TrialWaiting
from emulator.executors.dask import DaskExecutor
from emulator.executors.process_table import processes
from emulator.executors.registry import EXECUTORS, ExecutorContext
from emulator.executors.state_identity import identify
from emulator.settings import Settings
from emulator.storage import attempts, events, jobs
from emulator.storage.attempts import AttemptRow, attempt_id
from emulator.storage.jobs import JobId, NewJob
from tests.emulator.executors.conftest import PreparedWork, wait_until
from tests.emulator.executors.dask_programs import DaskPrograms
from tests.emulator.executors.laws import Subject, SurvivorLaws, Told

WORKSPACE = WorkspaceId("sub", "group", "space")


class DaskSubject(Subject):
    """Tasks of a cluster, for an emulator that really listens and whose job runner does nothing."""

    def __init__(self, folder: Path, address: str, **settings: object) -> None:
        self._folder, self._names = folder, itertools.count()
        values = {"executor": "dask", "dask_address": address, "lease_seconds": 1.5, "offline_seconds": 1.0, **settings}
        chosen = Settings().with_values({"dask_scratch": str(folder / "scratch"), **values})
        self.instance = EmulatorInstance(EmulatorConfig(settings=chosen), None)
        self.instance.emulator.job_runner.stop()
        self.instance.emulator = emulator = replace(self.instance.emulator, job_runner=Mock())
        self._context = ExecutorContext(emulator.store, emulator.place, chosen, emulator.clock, emulator.leases)
        self.executor = self._executor()

    def _executor(self) -> DaskExecutor:
        made = EXECUTORS["dask"].make(self._context)
        assert isinstance(made, DaskExecutor)
        return made

    def ends_with(self, code: int) -> Attempt:
        return self.attempt(f"exit {code}")

    def hangs(self) -> Attempt:
        return self.attempt("sleep 1000 & sleep 1000")

    def cannot_start(self) -> Attempt:
        def refuse(variables: Mapping[str, str]) -> Launch:
            raise TrialRefused("the code folder is empty")

        return Attempt(attempt_id(self._job(), 1), 0, {}, "refused", work=PreparedWork(refuse))

    def run(self, until: Callable[[], bool]) -> None:
        wait_until(until)

    def restart(self) -> Executor:
        self.executor.close()
        self.instance.emulator.leases.close()
        self.executor = self._executor()
        return self.executor

    def alive(self) -> int:
        state = identify(self._context.store, self._context.place.state_dir).id
        return sum(1 for one in processes() if one.mark and one.mark.startswith(f"{state}/"))

    def close(self) -> None:
        self.executor.reap([])
        self.executor.close()
        self.instance.close()

    def attempt(self, command: str, files: Mapping[str, str] | None = None) -> Attempt:
        job = self._job()
        folder = self._folder / "runs" / str(job)
        folder.mkdir(parents=True)
        for name, text in (files or {}).items():
            (folder / name).write_text(text)
        log = self._folder / "artifacts" / str(job) / "user_logs" / "std_log.txt"
        log.parent.mkdir(parents=True)

        def launch(variables: Mapping[str, str]) -> Launch:
            environment = {"PATH": os.environ["PATH"], "AT": f"{folder}/here", **variables}
            return Launch(command, folder, environment, log)

        return Attempt(attempt_id(job, 1), 0, {}, f"run{job}", log=log, work=PreparedWork(launch))

    def _job(self) -> JobId:
        name = f"job{next(self._names)}"

        def store(conn: sqlite3.Connection) -> JobId:
            body = {"jobType": "Command", "command": "true", "environmentId": "env:1"}
            new = NewJob(WORKSPACE, name, "Command", "exp", body, created=1.0, created_by="me")
            job = jobs.create(conn, new)
            for status in (JobStatus.STARTING, JobStatus.QUEUED, JobStatus.RUNNING):
                events.move(conn, job, status, 2.0)
            attempts.keep(conn, AttemptRow(job, 1, "reach", ""))
            return job

        return self._context.store.write(store).result()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskPrograms]:
    programs = DaskPrograms(tmp_path_factory.mktemp("dask"), workers=3)
    yield programs
    programs.close()


@pytest.fixture
def subject(cluster: DaskPrograms, tmp_path: Path) -> Iterator[DaskSubject]:
    subject = DaskSubject(tmp_path, cluster.address)
    yield subject
    subject.close()


@pytest.mark.nightly
class TestDask(SurvivorLaws):
    @pytest.fixture
    def subject(self, cluster: DaskPrograms, tmp_path: Path) -> Iterator[Subject]:
        subject = DaskSubject(tmp_path, cluster.address)
        yield subject
        subject.close()


def test_an_attempt_runs_on_a_worker_of_the_cluster(subject: DaskSubject) -> None:
    told = Told()
    attempt = subject.attempt('cat code.txt; echo "$AT $PWD"; exit 3', {"code.txt": "the code\n"})
    subject.executor.start(attempt, told)
    subject.run(lambda: told.ended)
    assert told.is_lawful()
    assert attempt.log
    first, second = attempt.log.read_text().splitlines()
    folder = second.split()[1]
    assert (first, second) == ("the code", f"{folder}/here {folder}")
    assert "/scratch/attempts/" in folder
    [started] = [event for event in told.events if isinstance(event, TrialStarted)]
    assert started.worker.startswith("tcp://127.0.0.1:")
    assert started.host


def test_a_worker_whose_folder_was_cleaned_up_gets_the_supervisor_again(subject: DaskSubject, tmp_path: Path) -> None:
    for _ in range(4):  # more than there are workers, so that one has the supervisor already
        told = Told()
        subject.executor.start(subject.ends_with(0), told)
        subject.run(lambda told=told: told.ended)  # type: ignore[misc]
        assert told.is_lawful()
        shutil.rmtree(tmp_path / "scratch")


def test_a_resource_that_no_worker_offers_is_said_and_the_attempt_can_be_stopped(
    cluster: DaskPrograms, tmp_path: Path
) -> None:
    subject = DaskSubject(tmp_path, cluster.address, dask_resources="GPU=1")
    try:
        told = Told()
        handle = subject.executor.start(subject.hangs(), told)
        subject.run(lambda: bool(told.events))
        assert told.events == [
            TrialWaiting(
                "no worker of the Dask cluster offers GPU=1 (the most is 0); start workers with --resources GPU=1"
            )
        ]
        handle.stop(0.1)
        subject.run(lambda: told.ended)
    finally:
        subject.close()


@pytest.mark.nightly
def test_trials_of_one_host_get_gpus_of_their_own(tmp_path: Path) -> None:
    programs = DaskPrograms(tmp_path / "dask", 0)
    for _ in range(2):  # each worker declares one GPU; both see the host's two
        programs.add_worker("GPU=1", CUDA_VISIBLE_DEVICES="6,7")
    subject = DaskSubject(tmp_path, programs.address, dask_resources="GPU=1")
    try:
        told = [Told(), Told()]
        begun = [subject.attempt("echo gpu $CUDA_VISIBLE_DEVICES; sleep 1000") for _ in told]
        handles = [subject.executor.start(one, listener) for one, listener in zip(begun, told, strict=True)]
        logs = [one.log for one in begun if one.log]
        subject.run(lambda: all(log.exists() and log.read_text().endswith("\n") for log in logs))
        assert {log.read_text() for log in logs} == {"gpu 6\n", "gpu 7\n"}
        for handle in handles:
            handle.stop(0.1)
        subject.run(lambda: all(one.ended for one in told))
    finally:
        subject.close()
        programs.close()


@pytest.mark.nightly
def test_an_attempt_waits_in_the_emulator_until_a_worker_that_fits_comes(tmp_path: Path) -> None:
    programs = DaskPrograms(tmp_path / "dask", 1)
    subject = DaskSubject(tmp_path, programs.address, dask_resources="SPACE=2")
    try:
        told = Told()
        subject.executor.start(subject.ends_with(0), told)
        subject.run(lambda: bool(told.events))
        assert isinstance(told.events[0], TrialWaiting)
        programs.add_worker("SPACE=2")
        subject.run(lambda: told.ended)
        assert told.is_lawful()
    finally:
        subject.close()
        programs.close()
