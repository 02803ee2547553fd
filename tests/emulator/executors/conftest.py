"""A process executor and what its tests ask of it."""

from __future__ import annotations

import os
import queue
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.executors.base import Exit, Launch, TrialEnded, TrialEvent, TrialHandle, TrialTask
from emulator.executors.process import ProcessExecutor
from emulator.executors.process_table import MARK

PATIENCE = 30.0  # seconds that a test waits for an event before it fails


@dataclass
class Running:
    """A trial under test: its handle, and what it tells."""

    handle: TrialHandle
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


@pytest.fixture
def executor() -> Iterator[ProcessExecutor]:
    executor = ProcessExecutor()
    yield executor
    executor.close()


@pytest.fixture
def run(executor: ProcessExecutor, tmp_path: Path) -> Run:
    """Starts a shell command as a trial in a folder of its own."""

    def start(command: str, collect: Callable[[], None] = lambda: None) -> Running:
        mark = f"test/{uuid.uuid4().hex}"
        folder = tmp_path / mark.replace("/", "-")
        folder.mkdir()
        environment = {"PATH": os.environ["PATH"], MARK: mark}
        launch = Launch(command, folder, environment, folder / "std_log.txt", mark)
        told: queue.SimpleQueue[TrialEvent] = queue.SimpleQueue()
        handle = executor.start(TrialTask(0, {}, lambda: launch, collect), told.put)
        return Running(handle, folder, mark, told)

    return start
