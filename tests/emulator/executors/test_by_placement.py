"""Which executor gets an attempt, and who goes on with it after a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from emulator.executors.base import Attempt, Exit, NodeTaken, Placement, TrialEnded, TrialEvent
from emulator.executors.by_placement import ExecutorByPlacement
from emulator.executors.registry import EXECUTORS, ExecutorContext, ExecutorType
from emulator.settings import Settings
from emulator.storage import Database

FAR = Placement("dask", "tcp://far:1")


class Known(ExecutorType):
    """A type whose only executor is there already."""

    executor: Any

    def make(self, context: ExecutorContext) -> Any:
        return self.executor


@pytest.fixture
def executors(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mock]:
    """The executor of each type."""
    made = {}
    for name in ("process", "dask"):
        kind = Known(name, "by hand")
        made[name] = Mock()
        made[name].survives.return_value = False
        object.__setattr__(kind, "executor", made[name])
        monkeypatch.setitem(EXECUTORS, name, kind)
    return made


@pytest.fixture
def executor(executors: dict[str, Mock]) -> ExecutorByPlacement:
    context = ExecutorContext(Database.in_memory(), Mock(), Settings(), Mock(), Mock())
    return ExecutorByPlacement(context)


def attempt(placement: Placement | None = None) -> Attempt:
    return Attempt("1/1", 0, {}, placement=placement)


def test_an_attempt_goes_where_its_compute_says(executor: ExecutorByPlacement, executors: dict[str, Mock]) -> None:
    tell: Callable[[TrialEvent], None] = Mock()
    assert executor.start(attempt(), tell) is executors["process"].start.return_value
    assert executor.start(attempt(FAR), tell) is executors["dask"].start.return_value
    executor.capacity(FAR)
    executors["dask"].capacity.assert_called_with(FAR)


def test_an_attempt_that_survived_is_adopted_by_the_executor_that_has_it(
    executor: ExecutorByPlacement, executors: dict[str, Mock]
) -> None:
    executors["dask"].survives.return_value = True
    assert executor.survives("1/1", None)
    tell: Callable[[TrialEvent], None] = Mock()
    assert executor.adopt(attempt(FAR), None, tell) is executors["dask"].adopt.return_value
    executor.discard("1/1", None)
    executors["dask"].discard.assert_called_once_with("1/1", None)


def test_an_attempt_is_lost_when_its_compute_has_another_executor_now(
    executor: ExecutorByPlacement, executors: dict[str, Mock]
) -> None:
    executors["dask"].survives.return_value = True
    told: list[TrialEvent] = []
    handle = executor.adopt(attempt(), None, told.append)
    executors["dask"].discard.assert_called_once_with("1/1", None)
    handle.stop(0.0)
    handle.stop(0.0)
    why = "its compute has another executor than when it was started"
    assert told == [NodeTaken(lost=True, why=why), TrialEnded(Exit(message=f"It was stopped, and {why}."))]
    executors["process"].adopt.assert_not_called()


def test_what_is_not_kept_is_ended_on_every_executor_that_has_been_used(
    executor: ExecutorByPlacement, executors: dict[str, Mock]
) -> None:
    executor.reap([])
    executors["dask"].reap.assert_not_called()
    executor.start(attempt(FAR), Mock())
    executor.reap(["1/1"])
    executors["dask"].reap.assert_called_once_with(["1/1"])
    executor.close()
    assert all(one.close.called for one in executors.values())
