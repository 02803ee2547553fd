"""`/_amlet/scenario`: what trials do and which requests go wrong, as one document; and whether all of it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json
from emulator.api.control.bodies import bad_request, read_model
from emulator.faults.plan import UnfiredFaults
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal

if TYPE_CHECKING:
    from emulator.simulation.scenario import Scenario

_SCENARIO = "/_amlet/scenario"

#: What is settled when an emulator starts.
_OF_START = ("seed", "start", "frozen")


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Play a scenario, look at its accounts, verify them, end it."""

    async def read(_: Request) -> Response:
        return Json(_document(emulator))

    async def play(request: Request) -> Response:
        from emulator.simulation.scenario import Scenario

        _play(emulator, await read_model(request, Scenario))
        return Json(_document(emulator))

    async def verify(_: Request) -> Response:
        failed = []
        for part in (emulator.script, emulator.faults):
            try:
                part.verify()
            except UnfiredFaults as error:
                failed.append(str(error))
        if failed:
            raise Refusal(409, "UnfiredFaults", "\n".join(failed))
        return Json(_document(emulator))

    async def end(_: Request) -> Response:
        emulator.script.clear()
        emulator.faults.clear()
        return Response(status_code=204)

    return [
        Route(_SCENARIO, read, methods=["GET"]),
        Route(_SCENARIO, play, methods=["PUT"]),
        Route(_SCENARIO, end, methods=["DELETE"]),
        Route(f"{_SCENARIO}/verify", verify, methods=["POST"]),
    ]


def _play(emulator: Emulator, scenario: Scenario) -> None:
    for name in _OF_START:
        if name in scenario.model_fields_set:
            raise bad_request(f"{name}: is settled when an emulator starts; use amlet emulator start --scenario FILE")
    if scenario.trials and emulator.time is None:
        raise bad_request("trials: scripted trials need `--clock virtual`; start the emulator with it")
    emulator.script.play(scenario.trials)
    emulator.faults.clear()
    for rule in scenario.requests:
        emulator.faults.plan(rule)


def _document(emulator: Emulator) -> dict[str, Any]:
    return {
        "trials": [rule.document() for rule in emulator.script.rules],
        "requests": [fault.document() for fault in emulator.faults.planned],
    }
