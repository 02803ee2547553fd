"""The emulator of a server, put together as its start says: real or virtual time, chance or a seed, a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.app import assemble, assemble_simulated
from emulator.clock import SEEDED_START, RealClock, VirtualClock
from emulator.ids import Ids, RandomIds, SeededIds
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.services.context import Emulator
from emulator.settings import Settings
from emulator.storage import Database, events

if TYPE_CHECKING:
    from emulator.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Course:
    """How things go in an emulator, apart from what it is asked.

    Parameters:
        virtual: time is virtual, and trials are simulated; else they are real processes.
        seed: of ids and chance; random when None.
        start: first reading of a virtual clock (seconds since the epoch); now by default, with a seed `SEEDED_START`.
        frozen: whether a virtual clock begins frozen.
        scenario: what goes wrong, and what trials do.
    """

    virtual: bool = False
    seed: int | None = None
    start: float | None = None
    frozen: bool = False
    scenario: Scenario | None = None

    @classmethod
    def of(cls, scenario: Scenario | None, *, virtual: bool | None = None, seed: int | None = None) -> Course:
        """The course that a scenario and the options of a start ask for; options go before the scenario.

        Raises:
            ValueError: they contradict each other.
        """
        if scenario is None:
            return cls(bool(virtual), seed)
        if virtual is False and scenario.wants_virtual_time:
            raise ValueError("trials, start and frozen of a scenario happen in virtual time only; use --clock virtual")
        return cls(
            virtual=scenario.wants_virtual_time if virtual is None else virtual,
            seed=scenario.seed if seed is None else seed,
            start=scenario.started,
            frozen=scenario.frozen,
            scenario=scenario,
        )


def assembled(course: Course, settings: Settings, store: Database, place: Place, project: Path | None) -> Emulator:
    """An emulator, not yet started.

    Parameters:
        course: how things go.
        settings, store, place: as in `assemble`.
        world: the world file for jobs that come without one.
    """
    ids: Ids = RandomIds() if course.seed is None else SeededIds.kept_in(store, course.seed)
    shared: Mapping[str, Any] = {"place": place, "project_files": ProjectFiles(project), "ids": ids}
    if course.virtual:
        emulator = _simulated(course, settings, store, shared)
    else:
        emulator = assemble(settings, RealClock(), store, **shared)
    if course.scenario is not None:
        begin(course.scenario, emulator)
    return emulator


def begin(scenario: Scenario, emulator: Emulator) -> None:
    """Have an emulator's trials and requests go as a scenario says, from now on."""
    emulator.script.play(scenario.trials)
    for rule in scenario.requests:
        emulator.faults.plan(rule)


def _simulated(course: Course, settings: Settings, store: Database, shared: Mapping[str, Any]) -> Emulator:
    from emulator.simulation.stand_in import stand_in, with_log
    from emulator.simulation.time_control import TimeControl

    start = course.start
    if start is None:
        start = RealClock().now() if course.seed is None else SEEDED_START
    # An emulator that goes on with a state goes on with its time, which never runs backwards.
    clock = VirtualClock(start)
    clock.advance_to(max(start, events.latest(store.reader()) or start))
    time = TimeControl(clock, frozen=course.frozen)
    return assemble_simulated(settings, time, store, with_log(stand_in), **shared)
