"""`/_amlet/faults`: plan faults for requests, and see whether they came."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json
from emulator.api.control.bodies import bad_request, read_model
from emulator.faults.plan import PlannedFault, UnfiredFaults
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal

_FAULTS = "/_amlet/faults"
_FAULT = f"{_FAULTS}/{{fault}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on planned faults."""
    handlers = _FaultRoutes(emulator)
    return [
        Route(_FAULTS, handlers.list, methods=["GET"]),
        Route(_FAULTS, handlers.plan, methods=["POST"]),
        Route(_FAULTS, handlers.clear, methods=["DELETE"]),
        Route(f"{_FAULTS}/verify", handlers.verify, methods=["POST"]),
        Route(_FAULT, handlers.get, methods=["GET"]),
        Route(_FAULT, handlers.remove, methods=["DELETE"]),
    ]


class _FaultRoutes:
    def __init__(self, emulator: Emulator) -> None:
        self._faults = emulator.faults

    async def list(self, _: Request) -> Response:
        return Json({"value": [fault.document() for fault in self._faults.planned]})

    async def plan(self, request: Request) -> Response:
        from emulator.faults.rule import FaultRule

        rule = await read_model(request, FaultRule)
        try:
            return Json(self._faults.plan(rule).document(), 201)
        except ValueError as error:
            raise bad_request(str(error)) from None

    async def clear(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def verify(self, _: Request) -> Response:
        try:
            self._faults.verify()
        except UnfiredFaults as error:
            raise Refusal(409, "UnfiredFaults", str(error)) from None
        return Json({"value": []})

    async def get(self, request: Request) -> Response:
        return Json(self._found(request).document())

    async def remove(self, request: Request) -> Response:
        self._faults.remove(self._found(request).id)
        return Response(status_code=204)

    def _found(self, request: Request) -> PlannedFault:
        wanted = request.path_params["fault"]
        for fault in self._faults.planned:
            if fault.id == wanted:
                return fault
        raise Refusal(404, "NotFound", f"No fault {wanted} is planned; GET {_FAULTS} lists those that are.")
