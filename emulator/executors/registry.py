"""The executors by the names of the setting `executor`: one registration makes one available."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from emulator.clock import Clock
from emulator.executors.base import Executor, Placement
from emulator.executors.leases import Leases
from emulator.place import Place
from emulator.settings import Settings
from emulator.storage import Database


@dataclass(frozen=True, slots=True)
class ExecutorContext:
    """What an executor is made of.

    Parameters:
        store: the emulator's.
        place: its state directory and origins.
        settings: its choices.
        clock: the only source of time.
        leases: of attempts that workers run.
        changed: is told, by any thread, that its capacity may have changed.
    """

    store: Database
    place: Place
    settings: Settings
    clock: Clock
    leases: Leases
    changed: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class ExecutorType:
    """An executor that can be chosen.

    Parameters:
        name: value of the setting `executor`.
        maker: `module:function` that makes one of an `ExecutorContext`, imported when it is chosen; None for executors
            of virtual time, which `emulator.simulation` makes together with what moves the clock.
        check: `module:function` that says of a placement why nothing can be run there, None where it can.
        is_elsewhere: whether its trials run on other machines.
    """

    name: str
    maker: str | None = None
    check: str | None = None
    is_elsewhere: bool = False

    @property
    def is_virtual(self) -> bool:
        """Whether its trials run in virtual time."""
        return self.maker is None

    def make(self, context: ExecutorContext) -> Executor:
        """An executor for the trials of one state directory.

        Raises:
            ValueError: its trials run in virtual time.
        """
        if self.maker is None:
            raise ValueError(f"the executor {self.name} runs trials in virtual time only (--clock virtual)")
        make: Callable[[ExecutorContext], Executor] = _found(self.maker)
        return make(context)

    def trouble_of(self, placement: Placement) -> str | None:
        """Why nothing can be run at a placement, for people; None where it can."""
        if self.check is None:
            return None
        check: Callable[[Placement], str | None] = _found(self.check)
        return check(placement)


def _found(text: str) -> Any:
    module, _, function = text.partition(":")
    return getattr(import_module(module), function)


#: Every executor by its name; `register` adds to it.
EXECUTORS: dict[str, ExecutorType] = {}


def register(executor_type: ExecutorType) -> ExecutorType:
    """Make an executor available.

    Raises:
        ValueError: its name is taken.
    """
    if executor_type.name in EXECUTORS:
        raise ValueError(f"the executor {executor_type.name} is registered already")
    EXECUTORS[executor_type.name] = executor_type
    return executor_type


PROCESS = register(ExecutorType("process", "emulator.executors.process:make_executor"))
DASK = register(
    ExecutorType("dask", "emulator.executors.dask:make_executor", "emulator.executors.dask:trouble_of", True)
)
SIMULATED = register(ExecutorType("simulated"))
