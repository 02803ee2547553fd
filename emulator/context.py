"""The emulator itself: all that its faces and operations share."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator.clock import Clock
from emulator.faults import Faults
from emulator.identity.secrets import Secrets
from emulator.identity.tokens import TokenAuthority
from emulator.ids import Ids, RandomIds
from emulator.journal import Journal
from emulator.operations.conductor import Conductor
from emulator.place import Place
from emulator.scenario.script import Script
from emulator.settings import Settings
from emulator.store import Database
from emulator.time_control import TimeControl
from emulator.world.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Emulator:
    """One emulator; the faces export `routes(emulator) -> list[BaseRoute]`.

    Parameters:
        settings: its choices.
        clock: the only source of time.
        store: the SQLite file.
        place: state directory and origins.
        secrets: account key, identity header, page key.
        tokens: issues and checks bearer tokens.
        conductor: runs the jobs.
        worlds: of jobs.
        faults: that are planned for requests.
        journal: of requests.
        ids: the only source of ids and of chance.
        time: moves the clock, where it is a virtual one.
        script: what simulated trials do.
    """

    settings: Settings
    clock: Clock
    store: Database
    place: Place
    secrets: Secrets
    tokens: TokenAuthority
    conductor: Conductor
    worlds: Worlds = field(default_factory=Worlds)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    ids: Ids = field(default_factory=RandomIds)
    time: TimeControl | None = None
    script: Script = field(default_factory=Script)
