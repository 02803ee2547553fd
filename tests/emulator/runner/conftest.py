"""An emulator without HTTP: a store, a job runner, and jobs put into it as the services would."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from amlet.testing.emulator_instance import signing_key
from contracts.lifecycle import ENDED, JobStatus
from contracts.resource_id import WorkspaceId
from emulator.clock import RealClock, SteadyClock
from emulator.executors.process_table import processes
from emulator.identity.tokens import TokenAuthority
from emulator.place import Place, blob_container
from emulator.runner.computes import NodesOf
from emulator.runner.job_runner import ThreadedJobRunner
from emulator.settings import Settings
from emulator.storage import Database, assets, events, jobs, labels, meta, metrics
from emulator.storage.jobs import Job, JobId, NewJob
from emulator.storage.metrics import Point

T = TypeVar("T")
PATIENCE = 60.0  # seconds that a test waits for something before it fails
WORKSPACE = WorkspaceId("sub", "group", "space")


class WatchedDatabase(Database):
    """A store that wakes waiting tests whenever something was committed."""

    committed: threading.Condition

    def write(self, work: Callable[..., T]) -> Future[T]:
        future = super().write(work)
        future.add_done_callback(self._wake)
        return future

    def write_here(self, work: Callable[..., T]) -> Future[T]:
        future = super().write_here(work)
        self._wake(future)
        return future

    def _wake(self, _: Future[Any]) -> None:
        if hasattr(self, "committed"):
            with self.committed:
                self.committed.notify_all()


@dataclass
class EmulatorInstance:
    """An emulator of a test, with the calls that tests need."""

    state_dir: Path
    settings: Settings = field(default_factory=lambda: replace(Settings(), kill_grace=1.0))
    nodes_of: NodesOf | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    names: Iterator[int] = field(default_factory=itertools.count)
    database: type[WatchedDatabase] = WatchedDatabase

    def open(self) -> EmulatorInstance:
        self.state_dir.mkdir(exist_ok=True)
        self.place = Place(self.state_dir)
        self.store = self.database.open(self.place.database)
        assert isinstance(self.store, WatchedDatabase)
        self.store.committed = threading.Condition()
        self.job_runner = ThreadedJobRunner(
            settings=self.settings,
            clock=SteadyClock(),
            store=self.store,
            place=self.place,
            tokens=TokenAuthority(signing_key(), origin="https://127.0.0.1:1", clock=RealClock()),
            nodes_of=self.nodes_of,
            environ=self.environ,
        )
        return self

    def close(self) -> None:
        self.job_runner.stop()
        self.store.close()

    def code(self, files: Mapping[str, str]) -> str:
        """Upload a code folder; its ARM id."""
        name = f"code{next(self.names)}"
        folder = self.place.container(blob_container(WORKSPACE)) / name
        folder.mkdir(parents=True)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        uri = f"https://127.0.0.1:1/emu.blob.core.windows.net/{blob_container(WORKSPACE)}/{name}"
        self.store.write(lambda conn: assets.put(conn, WORKSPACE, "codes", name, "1", {"codeUri": uri}, 0.0)).result()
        return WORKSPACE.child("codes", name, "1")

    def put(self, name: str, kind: str, body: Mapping[str, Any]) -> JobId:
        """Store a job as a PUT does, and tell the job runner."""
        new = NewJob(WORKSPACE, name, kind, "exp", body, created=RealClock().now(), created_by="me", seed=1)

        def store(conn: Any) -> JobId:
            job = jobs.create(conn, new)
            events.move(conn, job, JobStatus.STARTING, new.created)
            if kind == "Sweep":
                events.move(conn, job, JobStatus.RUNNING, new.created)
            return job

        job = self.store.write(store).result()
        self.job_runner.submit(job)
        return job

    def sweep(self, command: str, *, name: str = "s", total: int = 3, concurrent: int = 3, **body: Any) -> JobId:
        """Put a sweep over lr; further keys go into the body."""
        trial = {"command": command, "environmentId": "env:1", **body.pop("trial", {})}
        limits = {"maxTotalTrials": total, "maxConcurrentTrials": concurrent, **body.pop("limits", {})}
        return self.put(
            name,
            "Sweep",
            {
                "searchSpace": {"lr": ["uniform", [0.0, 1.0]]},
                "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 5},
                "objective": {"goal": "Minimize", "primaryMetric": "loss"},
                "trial": trial,
                "limits": limits,
                **body,
            },
        )

    def command(self, command: str, *, name: str = "c", **body: Any) -> JobId:
        return self.put(name, "Command", {"command": command, "environmentId": "env:1", **body})

    def metric(self, name: str, metric: str, value: float) -> None:
        """Log a value as the data plane does: stored first, then told."""
        job = self.get(name).id
        point = Point(value, RealClock().now())
        self.store.write(lambda conn: metrics.append(conn, job, [(metric, point)])).result()
        self.job_runner.metrics_logged(job, [(metric, value)])

    def cancel(self, name: str) -> None:
        """Cancel as the control plane does."""
        job = self.get(name).id
        at = RealClock().now()
        self.store.write(lambda conn: events.move(conn, job, JobStatus.CANCEL_REQUESTED, at, "canceled")).result()
        self.job_runner.cancel(job)

    def get(self, name: str) -> Job:
        job = jobs.find(self.store.reader(), WORKSPACE, name)
        assert job is not None, f"no job {name}"
        return job

    def trials(self, sweep: str = "s") -> list[Job]:
        return jobs.children(self.store.reader(), self.get(sweep).id)

    def statuses(self, name: str) -> list[str]:
        return [event.status.value for event in events.history(self.store.reader(), self.get(name).id)]

    def labels(self, name: str, kind: labels.Kind) -> dict[str, str]:
        return labels.of(self.store.reader(), self.get(name).id, kind)

    def processes(self) -> list[int]:
        """The processes of all trials of this state directory."""
        state = meta.get(self.store.reader(), "state_id")
        assert state
        return [one.pid for one in processes() if one.mark and one.mark.startswith(state.decode())]

    def left_behind(self) -> list[int]:
        """The processes of trials that do not go; one that was killed takes a moment to."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return found

    def until(self, found: Callable[[], T]) -> T:
        """Wait until something is true of the store; what was found."""
        with self.store.committed:
            assert self.store.committed.wait_for(found, PATIENCE), f"never came: {found}"
        return found()

    def ended(self, name: str) -> Job:
        """Wait for the end of a job."""
        self.until(lambda: self.get(name).status in ENDED)
        return self.get(name)

    def artifact(self, name: str, path: str) -> str:
        return (self.place.run_artifacts(WORKSPACE, name) / path).read_text()

    def log(self, name: str) -> str:
        return self.artifact(name, "user_logs/std_log.txt")

    def hyperdrive(self, name: str = "s") -> str:
        return self.artifact(name, "azureml-logs/hyperdrive.txt")


MakeInstance = Callable[..., EmulatorInstance]


@pytest.fixture
def make_instance(tmp_path: Path) -> Iterator[MakeInstance]:
    """Makes emulators over one state directory (one at a time); starts their job runners unless told not to."""
    opened: list[EmulatorInstance] = []

    def make(*, start: bool = True, **options: Any) -> EmulatorInstance:
        instance = EmulatorInstance(tmp_path / "state", **options).open()
        opened.append(instance)
        if start:
            instance.job_runner.start()
        return instance

    yield make
    for instance in opened:
        instance.close()


@pytest.fixture
def instance(make_instance: MakeInstance) -> EmulatorInstance:
    return make_instance()
