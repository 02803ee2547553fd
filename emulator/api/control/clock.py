"""`/_amlet/clock`: what time it is for the emulator; a virtual clock is frozen, moved on and set free here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json
from emulator.api.control.bodies import read_model
from emulator.clock import iso
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal

if TYPE_CHECKING:
    from emulator.api.control.models import ClockChange
    from emulator.simulation.time_control import TimeControl

_CLOCK = "/_amlet/clock"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Read the clock, and move it."""

    async def read(_: Request) -> Response:
        return _shown(emulator, 0.0)

    async def change(request: Request) -> Response:
        from emulator.api.control.models import ClockChange

        wanted = await read_model(request, ClockChange)
        time = emulator.time
        if time is None:
            raise Refusal(409, "RealClock", "The emulator uses the real clock; start it with --clock virtual.")
        begin = time.now()
        await run_in_threadpool(lambda: _carry_out(time, wanted))
        return _shown(emulator, time.now() - begin)

    return [Route(_CLOCK, read, methods=["GET"]), Route(_CLOCK, change, methods=["POST"])]


def _carry_out(time: TimeControl, wanted: ClockChange) -> None:
    if wanted.frozen is not None:
        time.freeze() if wanted.frozen else time.thaw()
    if wanted.advance is not None:
        time.advance(wanted.advance)
    if wanted.settle:
        time.run_until_settled(wanted.limit)


def _shown(emulator: Emulator, passed: float) -> Response:
    now, time = emulator.clock.now(), emulator.time
    kind = "real" if time is None else "virtual"
    frozen = time is not None and time.is_frozen
    return Json({"now": now, "at": iso(now), "clock": kind, "frozen": frozen, "passed": passed})
