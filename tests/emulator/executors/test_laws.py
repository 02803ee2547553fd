"""Every executor passes the laws."""

from __future__ import annotations

import itertools
import math
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from emulator.clock import VirtualClock
from emulator.executors.attempt_files import AttemptFiles
from emulator.executors.base import Attempt, Executor, Launch, TrialRefused
from emulator.executors.process import ProcessExecutor
from emulator.executors.process_table import processes
from emulator.executors.registry import EXECUTORS
from emulator.executors.state_identity import StateIdentity
from emulator.simulation.curve import Curve, evenly
from emulator.simulation.executor import SimulatedExecutor
from tests.emulator.executors import laws, test_dask
from tests.emulator.executors.conftest import PreparedWork, wait_until
from tests.emulator.executors.laws import ExecutorLaws, Subject, SurvivorLaws


class ProcessSubject(Subject):
    """Real processes."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._state, self._names = folder, uuid.uuid4().hex, itertools.count()
        self.executor = self._executor()

    def _executor(self) -> ProcessExecutor:
        return ProcessExecutor(StateIdentity(self._state), AttemptFiles(self._folder / "attempts"))

    def ends_with(self, code: int) -> Attempt:
        return self._attempt(f"exit {code}")

    def hangs(self) -> Attempt:
        return self._attempt("sleep 1000 & sleep 1000")

    def cannot_start(self) -> Attempt:
        def refuse(variables: Mapping[str, str]) -> Launch:
            raise TrialRefused("the code folder is empty")

        return Attempt(f"{next(self._names)}/1", 0, {}, work=PreparedWork(refuse))

    def run(self, until: Callable[[], bool]) -> None:
        wait_until(until)

    def restart(self) -> Executor:
        self.executor.close()
        self.executor = self._executor()
        return self.executor

    def alive(self) -> int:
        return sum(1 for one in processes() if one.mark and one.mark.startswith(f"{self._state}/"))

    def _attempt(self, command: str) -> Attempt:
        name = f"{next(self._names)}/1"
        folder = self._folder / name
        folder.mkdir(parents=True)

        def launch(variables: Mapping[str, str]) -> Launch:
            return Launch(command, folder, {"PATH": os.environ["PATH"], **variables}, folder / "std_log.txt")

        return Attempt(name, 0, {}, work=PreparedWork(launch))


class SimulatedSubject(Subject):
    """Virtual time."""

    def __init__(self) -> None:
        self._curves: dict[str, Curve] = {}
        self._names = itertools.count()
        self.executor: SimulatedExecutor = SimulatedExecutor(VirtualClock(), self._curve)

    def ends_with(self, code: int) -> Attempt:
        return self._attempt(evenly([1.0, 2.0], 10.0, code))

    def hangs(self) -> Attempt:
        return self._attempt(evenly([1.0], math.inf))

    def cannot_start(self) -> Attempt:
        return Attempt("without a curve", 0, {})

    def run(self, until: Callable[[], bool]) -> None:
        while not until():
            assert self.executor.next_event is not None, "nothing will happen any more"
            self.executor.step()

    def restart(self) -> Executor:
        self.executor = SimulatedExecutor(VirtualClock(), self._curve)
        return self.executor

    def _attempt(self, curve: Curve) -> Attempt:
        name = f"{next(self._names)}/1"
        self._curves[name] = curve
        return Attempt(name, 0, {}, metric="loss")

    def _curve(self, attempt: Attempt) -> Curve:
        return self._curves[attempt.id]


class TestProcess(SurvivorLaws):
    @pytest.fixture
    def subject(self, tmp_path: Path) -> Iterator[Subject]:
        subject = ProcessSubject(tmp_path)
        yield subject
        subject.executor.reap([])
        subject.executor.close()


class TestSimulated(ExecutorLaws):
    @pytest.fixture
    def subject(self) -> Subject:  # type: ignore[override]
        return SimulatedSubject()


def test_every_registered_executor_is_held_to_the_laws() -> None:
    suites = [*laws.ExecutorLaws.__subclasses__(), *laws.SurvivorLaws.__subclasses__()]
    assert test_dask.TestDask in suites
    held = {suite.__name__.removeprefix("Test").lower() for suite in suites} - {"survivorlaws"}
    assert held == set(EXECUTORS)
