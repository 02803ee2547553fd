"""A process executor and what its tests ask of it."""

from __future__ import annotations

import os
import queue
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulator.executors.attempt_files import AttemptFiles
from emulator.executors.base import Attempt, AttemptHandle, Exit, Launch, TrialEnded, TrialEvent
from emulator.executors.process import ProcessExecutor
from emulator.executors.state_identity import StateIdentity

if TYPE_CHECKING:
    from tests.emulator.executors.dask_programs import DaskPrograms

PATIENCE = 30.0  # seconds that a test waits for an event before it fails


@dataclass
class PreparedWork:
    """The work around a command, made of two functions."""

    launch: Callable[[Mapping[str, str]], Launch]
    collected: Callable[[], None] = lambda: None

    def prepare(self, variables: Mapping[str, str]) -> Launch:
        return self.launch(variables)

    def collect(self) -> None:
        self.collected()


@dataclass
class Running:
    """A trial under test: its handle, and what it tells."""

    handle: AttemptHandle
    folder: Path
    mark: str
    told: queue.SimpleQueue[TrialEvent]

    def events(self) -> list[TrialEvent]:
        """All events, up to the last."""
        found = [self.told.get(timeout=PATIENCE)]
        while not isinstance(found[-1], TrialEnded):
            found.append(self.told.get(timeout=PATIENCE))
        return found

    def exit(self) -> Exit:
        last = self.events()[-1]
        assert isinstance(last, TrialEnded)
        return last.exit

    @property
    def log(self) -> str:
        return (self.folder / "std_log.txt").read_text()


Run = Callable[..., Running]


def wait_until(found: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is true that other threads or processes make true."""
    deadline = time.monotonic() + patience
    while not found():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[ProcessExecutor]:
    executor = ProcessExecutor(StateIdentity("test"), AttemptFiles(tmp_path / "attempts"))
    yield executor
    executor.close()


@pytest.fixture
def run(executor: ProcessExecutor, tmp_path: Path) -> Run:
    """Starts a shell command as a trial in a folder of its own."""

    def start(command: str, collect: Callable[[], None] = lambda: None) -> Running:
        key = uuid.uuid4().hex
        folder = tmp_path / key
        folder.mkdir()

        def launch(variables: Mapping[str, str]) -> Launch:
            return Launch(command, folder, {"PATH": os.environ["PATH"], **variables}, folder / "std_log.txt")

        told: queue.SimpleQueue[TrialEvent] = queue.SimpleQueue()
        handle = executor.start(Attempt(key, 0, {}, work=PreparedWork(launch, collect)), told.put)
        return Running(handle, folder, f"test/{key}", told)

    return start


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Callable[..., DaskPrograms]]:
    """Starts a Dask cluster of so many workers."""
    from tests.emulator.executors.dask_programs import DaskPrograms

    made: list[DaskPrograms] = []

    def make(workers: int, **options: Any) -> DaskPrograms:
        made.append(DaskPrograms(tmp_path / "dask", workers, **options))
        return made[-1]

    yield make
    for programs in made:
        programs.close()
