"""`/_amlet/journal`: what was asked, what answered, and why it was refused."""

from __future__ import annotations

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json
from emulator.api.control.bodies import bad_request
from emulator.services.context import Emulator
from emulator.services.journal import Exchange, Journal

_JOURNAL = "/_amlet/journal"
_SHOWN = 100


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Read the journal, and empty it."""

    async def read(request: Request) -> Response:
        found, last = _found(emulator.journal, request.query_params), emulator.journal.last
        return Json({"value": [exchange.document() for exchange in found], "last": last})

    async def clear(_: Request) -> Response:
        emulator.journal.clear()
        return Response(status_code=204)

    return [Route(_JOURNAL, read, methods=["GET"]), Route(_JOURNAL, clear, methods=["DELETE"])]


def _found(journal: Journal, query: QueryParams) -> list[Exchange]:
    found = journal.find(
        method=query.get("method"),
        path=query.get("path"),
        status=query.get("status"),
        after=_number(query, "after", 0),
        refused=_truth(query, "refused"),
    )
    top = _number(query, "top", _SHOWN)
    # With `after` a client follows and wants the next ones; without it, the last ones.
    return found[:top] if "after" in query else found[max(0, len(found) - top) :]


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise bad_request(f"{name}={text!r}: expected a whole number, 0 or more")
    return int(text)


def _truth(query: QueryParams, name: str) -> bool | None:
    text = query.get(name)
    if text not in (None, "true", "false"):
        raise bad_request(f"{name}={text!r}: expected true or false")
    return None if text is None else text == "true"
