"""The emulator: what its routes and services share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.clock import Clock, RealClock
from emulator.executors.leases import Leases
from emulator.faults.plan import Faults
from emulator.identity.secrets import Secrets
from emulator.identity.tokens import TokenAuthority
from emulator.ids import Ids, RandomIds
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.runner.interface import JobRunner
from emulator.services.journal import Journal
from emulator.settings import Settings
from emulator.simulation.script import Script
from emulator.simulation.time_control import TimeControl
from emulator.storage import Database

if TYPE_CHECKING:
    from emulator.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Emulator:
    """One emulator; modules with routes export `routes(emulator) -> list[BaseRoute]`.

    Parameters:
        settings: its choices.
        clock: the only source of time, which nobody can set.
        calendar: the time of this machine, by which signatures end; the same as `clock` where that is virtual.
        store: the SQLite file.
        place: state directory and origins.
        secrets: account key, identity header, page key.
        tokens: issues and checks bearer tokens.
        job_runner: runs the jobs.
        leases: of attempts that workers run.
        project_files: of jobs.
        faults: those planned for requests.
        journal: of requests.
        ids: the only source of ids and of chance.
        time: moves the clock, where it is a virtual one.
        script: what simulated trials do.
        scenario: that it was started with.
    """

    settings: Settings
    clock: Clock
    store: Database
    place: Place
    secrets: Secrets
    tokens: TokenAuthority
    job_runner: JobRunner
    leases: Leases
    calendar: Clock = field(default_factory=RealClock)
    project_files: ProjectFiles = field(default_factory=ProjectFiles)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    ids: Ids = field(default_factory=RandomIds)
    time: TimeControl | None = None
    script: Script = field(default_factory=Script)
    scenario: Scenario | None = None

    def play_scenario(self) -> None:
        """Start the scenario from its beginning; other planned faults and scripted trials are forgotten."""
        self.faults.clear()
        self.script.clear()
        if self.scenario is not None:
            self.script.play(self.scenario.trials)
            for rule in self.scenario.requests:
                self.faults.plan(rule)
