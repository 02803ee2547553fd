"""An emulator for tests, with all that it needs of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from amlet.testing.folders import new_folder, remove
from emulator.app import app_of, assemble, assemble_simulated
from emulator.clock import SEEDED_START, RealClock, VirtualClock
from emulator.config import begin
from emulator.identity.keys import SigningKey
from emulator.ids import Ids, RandomIds, SeededIds
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.services.context import Emulator
from emulator.settings import Settings
from emulator.simulation.executor import CurveFor
from emulator.simulation.time_control import TimeControl
from emulator.storage import Database, contents

if TYPE_CHECKING:
    from amlet.testing.ports import Ports
    from emulator.simulation.scenario import Scenario

ExecutorName = Literal["simulate", "process"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to build an emulator; the same at each reset.

    Parameters:
        curve_for: what simulated trials do.
        executor: `simulate` or `process`.
        settings: its choices.
        world: a world file.
        seed: of ids and of the sampling of sweeps that have none; random by default.
        start: first reading of the virtual clock (seconds since the epoch); now by default, or `SEEDED_START`.
        frozen: whether that clock begins frozen.
        origin: the address that it believes to have; None for a real one, over TLS.
        scenario: what goes wrong, and what trials do.
    """

    curve_for: CurveFor
    executor: ExecutorName
    settings: Settings
    project: Path | None
    seed: int | None
    start: float | None
    frozen: bool
    origin: str | None
    scenario: Scenario | None = None

    @property
    def first_reading(self) -> float:
        """Where the virtual clock begins."""
        if self.start is not None:
            return self.start
        return RealClock().now() if self.seed is None else SEEDED_START


class EmulatorInstance:
    """An emulator with all that it needs of this machine: a folder, and ports where it is reached or logged to by them.

    Parameters:
        plan: how to build it.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.folder = new_folder()
        if plan.executor == "process" or plan.origin is None:
            self.folder.mkdir()
        self.ports = None if plan.origin else self._ports_over_tls()
        self.is_open = True
        place = Place(self.folder, plan.origin or self._tls_origin, self._plain_origin)
        self.emulator = self._simulated(place) if plan.executor == "simulate" else self._real(place)
        self.play()
        self.emulator.job_runner.start()
        if self.ports:
            self._serve(self.ports)

    @property
    def ca(self) -> Path:
        """Certificate of the authority, where it is reached over TLS."""
        return self.folder / "ca" / "ca.pem"

    @cached_property
    def app(self) -> Starlette:
        """The application; to make it takes as long as all else, and some tests never ask it anything."""
        return app_of(self.emulator)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        await self.app(scope, receive, send)

    def reset(self) -> None:
        """Forget all jobs, uploads, assets, faults and requests, and begin anew with time and ids."""
        emulator = self.emulator
        emulator.job_runner.stop()
        emulator.store.write(contents.empty).result()
        for folder in (emulator.place.artifacts, self.folder / "runs"):
            remove(folder)
        emulator.journal.clear()
        if emulator.time is not None:
            emulator.time.restart(self._plan.first_reading)
        if isinstance(emulator.ids, SeededIds):
            emulator.ids.resume({})
        self.play()
        emulator.job_runner.start()

    def close(self) -> None:
        """End what runs and leave nothing behind; doing it again is harmless."""
        if self.is_open:
            self.is_open = False
            self.emulator.job_runner.stop()
            if self.ports:
                self.ports.close()
            self.emulator.store.close()
            remove(self.folder)

    def play(self) -> None:
        """Let the scenario begin, if there is one; what was planned and scripted before is forgotten."""
        self.emulator.faults.clear()
        self.emulator.script.clear()
        if self._plan.scenario is not None:
            begin(self._plan.scenario, self.emulator)

    def _simulated(self, place: Place) -> Emulator:
        plan = self._plan
        return assemble_simulated(
            plan.settings,
            TimeControl(VirtualClock(plan.first_reading), frozen=plan.frozen),
            Database.in_memory() if plan.origin else Database.open(place.database),
            plan.curve_for,
            place=place,
            project_files=ProjectFiles(plan.project),
            key=signing_key(),
            ids=self._ids(),
        )

    def _real(self, place: Place) -> Emulator:
        # Here and now: pytest rewrites these modules as they are imported, which CPython 3.11 cannot do in two threads.
        import emulator.runner.job_runner  # noqa: F401

        store, project_files = Database.open(place.database), ProjectFiles(self._plan.project)
        return assemble(
            self._plan.settings,
            RealClock(),
            store,
            place=place,
            project_files=project_files,
            key=signing_key(),
            ids=self._ids(),
        )

    def _ids(self) -> Ids:
        return RandomIds() if self._plan.seed is None else SeededIds(self._plan.seed)

    def _ports_over_tls(self) -> Ports:
        from amlet.testing.ports import Ports
        from emulator.server.tls import Certificates

        return Ports(Certificates.ensure(self.folder / "ca").server)

    @property
    def _tls_origin(self) -> str:
        return f"https://127.0.0.1:{self.ports.https if self.ports else 0}"

    def _plain_origin(self) -> str:
        """Where real trials log to; the port is opened for the first of them."""
        if self.ports is None:
            from amlet.testing.ports import Ports

            self.ports = Ports()
            self._serve(self.ports)
        return f"http://127.0.0.1:{self.ports.http}"

    def _serve(self, ports: Ports) -> None:
        ports.start(self.app, dated=self.emulator.time is None)


@cache
def signing_key() -> SigningKey:
    """One key for all emulators of this process: to make one takes longer than most tests."""
    made: list[bytes] = []

    def keep(make: Callable[[], bytes]) -> bytes:
        if not made:
            made.append(make())
        return made[0]

    return SigningKey(keep)
