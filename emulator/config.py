"""How to build an emulator, and the one function that does: server, pytest plugin, tests and benches use it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from emulator.clock import SEEDED_START, Clock, RealClock, SteadyClock, VirtualClock
from emulator.executors.leases import Leases
from emulator.executors.registry import EXECUTORS
from emulator.identity.keys import SigningKey
from emulator.identity.secrets import Secrets
from emulator.identity.tokens import TokenAuthority
from emulator.ids import Ids, RandomIds, SeededIds
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.runner.deferred import DeferredJobRunner
from emulator.services.context import Emulator
from emulator.settings import Settings
from emulator.simulation.script import Script
from emulator.storage import Database, events, jobs

if TYPE_CHECKING:
    from emulator.runner.interface import JobRunner
    from emulator.simulation.executor import CurveFor
    from emulator.simulation.scenario import Scenario
    from emulator.simulation.time_control import TimeControl


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """Everything about an emulator that is decided before it starts, apart from its place.

    Parameters:
        settings: its choices where Azure makes none.
        project: the project file for jobs that come without one.
        virtual: time is virtual, and trials are simulated; else they are real processes.
        seed: of ids and of the sampling of sweeps without a seed; random when None.
        start: first reading of a virtual clock (seconds since the epoch); now by default, with a seed `SEEDED_START`.
        frozen: whether a virtual clock begins frozen.
        scenario: which requests fail, and what simulated trials do.
        curve_for: what simulated trials do that are not scripted; see `emulator.simulation.executor`. By default each
            logs numbers made from its parameters.
        tracking: the file of `gateway.tracking`, which the application lays on the path of trials whose Python has no
            `gateway`; None to lay none.
        signing_key: signs its tokens; by default one that the store keeps.
    """

    settings: Settings = field(default_factory=Settings)
    project: Path | None = None
    virtual: bool = False
    seed: int | None = None
    start: float | None = None
    frozen: bool = False
    scenario: Scenario | None = None
    curve_for: CurveFor | None = None
    signing_key: SigningKey | None = None
    tracking: Path | None = None

    def with_scenario(self, scenario: Scenario | None, *, virtual: bool | None = None, seed: int | None = None) -> Self:
        """What a scenario and the options of a start ask for; options go before the scenario.

        Parameters:
            scenario: None where there is none.
            virtual, seed: the options; None where they are not given.

        Raises:
            ValueError: they contradict each other.
        """
        if scenario is None:
            return replace(self, virtual=bool(virtual), seed=seed)
        if virtual is False and scenario.wants_virtual_time:
            raise ValueError("trials, start and frozen of a scenario happen in virtual time only; use --clock virtual")
        return replace(
            self,
            virtual=scenario.wants_virtual_time if virtual is None else virtual,
            seed=scenario.seed if seed is None else seed,
            start=scenario.started,
            frozen=scenario.frozen,
            scenario=scenario,
        )


def build(config: EmulatorConfig, place: Place, store: Database | None = None) -> Emulator:
    """An emulator, not yet started: `emulator.app.app_of` serves it, its job runner is started and stopped by that.

    Parameters:
        config: how to build it.
        place: its state directory, which must exist unless a store is given, and its origins.
        store: its state; by default the database of the state directory. Its caller closes it.

    Raises:
        UnusableSchema: a newer amlet, or another program, wrote the database.
    """
    store = store or Database.open(place.database, synchronous=config.settings.synchronous)
    ids: Ids = RandomIds() if config.seed is None else SeededIds.kept_in(store, config.seed)
    virtual = config.virtual or EXECUTORS[config.settings.executor].is_virtual
    time = _virtual_time(config, store) if virtual else None
    clock: Clock = time.clock if time else SteadyClock()
    calendar: Clock = time.clock if time else RealClock()
    key = config.signing_key or SigningKey.kept_in(store)
    strict = config.settings.auth == "strict"
    tokens = TokenAuthority(key, origin=place.https_origin, clock=calendar, strict=strict, ids=ids)
    leases = Leases(store, place, clock, tokens, config.settings)
    project_files, script = ProjectFiles(config.project), Script()
    # The page key stands in every studio URL, so it is foreseeable where ids are meant to be.
    secrets = Secrets.kept_in(store, None if config.seed is None else ids.hex("page key"))
    emulator = Emulator(
        settings=config.settings,
        clock=clock,
        calendar=calendar,
        store=store,
        place=place,
        secrets=secrets,
        tokens=tokens,
        job_runner=(
            _simulated_jobs(config, time, store, place, project_files, script)
            if time
            else _real_jobs(config, clock, store, place, project_files, tokens, secrets, leases)
        ),
        leases=leases,
        project_files=project_files,
        ids=ids,
        time=time,
        script=script,
        scenario=config.scenario,
    )
    emulator.play_scenario()
    return emulator


def _virtual_time(config: EmulatorConfig, store: Database) -> TimeControl:
    from emulator.simulation.time_control import TimeControl

    start = config.start
    if start is None:
        start = RealClock().now() if config.seed is None else SEEDED_START
    clock = VirtualClock(start)
    # An emulator that goes on with a state goes on with its time, which never runs backwards.
    clock.advance_to(max(start, events.latest(store.reader()) or start))
    return TimeControl(clock, frozen=config.frozen)


def _real_jobs(
    config: EmulatorConfig,
    clock: Clock,
    store: Database,
    place: Place,
    project_files: ProjectFiles,
    tokens: TokenAuthority,
    secrets: Secrets,
    leases: Leases,
) -> JobRunner:
    def make() -> JobRunner:
        from emulator.runner.job_runner import ThreadedJobRunner

        return ThreadedJobRunner(
            settings=config.settings,
            clock=clock,
            store=store,
            place=place,
            tokens=tokens,
            project_files=project_files,
            identity_header=secrets.identity_header,
            tracking=config.tracking,
            leases=leases,
        )

    return DeferredJobRunner(make, lambda: bool(jobs.unfinished(store.reader())))


def _simulated_jobs(
    config: EmulatorConfig,
    time: TimeControl,
    store: Database,
    place: Place,
    project_files: ProjectFiles,
    script: Script,
) -> JobRunner:
    from emulator.simulation.job_runner import SimulatedJobRunner
    from emulator.simulation.stand_in import stand_in, with_log

    return SimulatedJobRunner(
        settings=config.settings,
        time=time,
        store=store,
        place=place,
        curve_for=script.before(config.curve_for or with_log(stand_in)),
        project_files=project_files,
    )
