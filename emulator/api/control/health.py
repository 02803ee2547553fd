"""`/_amlet/health` and `/_amlet/ready`: whether the process answers, and whether it takes work."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.version import __version__
from emulator.api.bodies import Json
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.storage import meta

_PROBE = "ready"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Both answer without a token; they say nothing that is secret."""
    alive = Json({"status": "ok", "version": __version__})

    async def health(_: Request) -> Response:
        return alive

    async def ready(_: Request) -> Response:
        await _write_and_read(emulator)
        return alive

    return [Route("/_amlet/health", health), Route("/_amlet/ready", ready)]


async def _write_and_read(emulator: Emulator) -> None:
    """Write to the store and read it back.

    Raises:
        Refusal: 503, with what is wrong.
    """
    try:
        await emulator.store.write_async(_count)
        found = meta.get(emulator.store.reader(), _PROBE)
    except (sqlite3.Error, RuntimeError, OSError) as error:
        raise Refusal(503, "NotReady", f"The store takes no work: {error}.") from error
    if trouble := emulator.job_runner.trouble:
        raise Refusal(503, "NotReady", f"Jobs wait: {trouble}.")
    if found is None:
        raise Refusal(503, "NotReady", "What was written to the store could not be read back.")


def _count(conn: sqlite3.Connection) -> None:
    before = int(meta.get(conn, _PROBE) or b"0")
    meta.put(conn, _PROBE, str(before + 1).encode())
