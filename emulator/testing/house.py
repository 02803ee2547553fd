"""One life of an in-process emulator, from its creation or reset to the next reset or its end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from emulator.app import app_of, assemble, assemble_simulated
from emulator.clock import RealClock, VirtualClock
from emulator.context import Emulator
from emulator.executors.simulate import CurveFor
from emulator.identity.keys import SigningKey
from emulator.place import Place
from emulator.settings import Settings
from emulator.store import Database
from emulator.time_control import TimeControl
from emulator.world.worlds import Worlds
from gateway.transport.messages import Request, Response

if TYPE_CHECKING:
    from emulator.testing.loopback import LoopbackPort
    from gateway.transport.in_process import InProcessTransport

ExecutorName = Literal["simulate", "process"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to build an emulator; the same at each reset.

    Parameters:
        curve_for: what simulated trials do.
        executor: `simulate` or `process`.
        settings: its choices.
        world: a world file.
        start: first reading of the virtual clock (seconds since the epoch); now by default.
        origin: the address that it believes to have.
    """

    curve_for: CurveFor
    executor: ExecutorName
    settings: Settings
    world: Path | None
    start: float | None
    origin: str


class House:
    """An emulator with all that it needs of this machine: a folder, and, when they are first used, a thread and a port.

    Parameters:
        plan: how to build it.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._folder = tempfile.TemporaryDirectory(prefix="amlet-", ignore_cleanup_errors=True)
        self._app: Any = None
        self._transport: InProcessTransport | None = None
        self._port: LoopbackPort | None = None
        self.is_open = True
        self.emulator = self._simulated() if plan.executor == "simulate" else self._real()
        self.emulator.conductor.start()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer as an ASGI application."""
        if self._app is None:
            self._app = app_of(self.emulator)
        await self._app(scope, receive, send)

    def exchange(self, request: Request) -> Response:
        """Send one request and wait for its whole answer.

        Raises:
            RuntimeError: it is closed.
        """
        if not self.is_open:
            raise RuntimeError("this emulator is closed: its test has ended")
        if self._transport is None:
            from gateway.transport.in_process import InProcessTransport

            self._transport = InProcessTransport(self)
        return self._transport.send(request)

    def close(self) -> None:
        """End what runs and leave nothing behind; doing it again is harmless."""
        if not self.is_open:
            return
        self.is_open = False
        self.emulator.conductor.stop()
        for opened in (self._transport, self._port, self.emulator.store):
            if opened is not None:
                opened.close()
        self._folder.cleanup()

    def _simulated(self) -> Emulator:
        plan = self._plan
        time = TimeControl(VirtualClock(RealClock().now() if plan.start is None else plan.start))
        return assemble_simulated(
            plan.settings,
            time,
            Database.in_memory(),
            plan.curve_for,
            place=Place(Path(self._folder.name), plan.origin),
            worlds=Worlds(plan.world),
            key=signing_key(),
        )

    def _real(self) -> Emulator:
        plan = self._plan
        place = Place(Path(self._folder.name), plan.origin, self._open_port)
        store, worlds = Database.open(place.database), Worlds(plan.world)
        return assemble(plan.settings, RealClock(), store, place=place, worlds=worlds, key=signing_key())

    def _open_port(self) -> str:
        if self._port is None:
            from emulator.testing.loopback import LoopbackPort

            self._port = LoopbackPort(self)
        return self._port.origin


@cache
def signing_key() -> SigningKey:
    """One key for all emulators of this process: to make one takes longer than most tests."""
    made: list[bytes] = []

    def keep(make: Callable[[], bytes]) -> bytes:
        if not made:
            made.append(make())
        return made[0]

    return SigningKey(keep)
