"""Server-sent events: a page is told that something changed, and asks for what it shows.

Between two looks at the store lies half a second, so that a page hears at most two events a second. A look that finds
nothing committed is one PRAGMA.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse

from emulator.storage import Database, changes, job_list, trials
from emulator.storage.jobs import JobId
from emulator.studio.headers import PAGE
from emulator.studio.logs import sizes

_PERIOD = 0.5
_QUIET_LOOKS = 30

#: What a page is told: which parts changed, each with its new state.
Look = Callable[[sqlite3.Connection, bool], dict[str, Any] | None]


def stream(app: Starlette, store: Database, look: Look) -> Response:
    """The events of one page, until it goes away or the emulator stops (`app.state.closing`).

    Parameters:
        app: whose server it is.
        store: is watched.
        look: gives the state of what the page shows, told whether anything was committed; None ends the stream.
    """
    return StreamingResponse(_events(app, store, look), headers=PAGE, media_type="text/event-stream")


def of_job(job: JobId, artifacts: Path) -> Look:
    """The state of a job's page: `job` (itself and its trials) and `logs` (their sizes).

    Parameters:
        job: the job.
        artifacts: folder of its run's artifacts.
    """
    known: list[trials.State | None] = [None]

    def look(conn: sqlite3.Connection, committed: bool) -> dict[str, Any] | None:
        if committed or known[0] is None:
            known[0] = trials.state(conn, job)
        return known[0] and {"job": list(known[0]), "logs": sizes(artifacts)}

    return look


def of_workspace() -> Look:
    """The state of a list of jobs."""
    return lambda conn, committed: {"jobs": job_list.state(conn)}


async def _events(app: Starlette, store: Database, look: Look) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    told: dict[str, Any] = {}
    mark: tuple[int, int] | None = None
    quiet = 0
    while not getattr(app.state, "closing", False):
        conn = store.reader()
        newest = changes.mark(conn)
        state = look(conn, newest != mark)
        mark = newest
        if state is None:
            return
        if news := {part: value for part, value in state.items() if told.get(part) != value}:
            told, quiet = state, 0
            yield b"data: %b\n\n" % orjson.dumps(news)
        elif (quiet := quiet + 1) >= _QUIET_LOOKS:
            quiet = 0
            # Proxies end a connection on which nothing moves, and only writing shows that a page has gone away.
            yield b": still here\n\n"
        await asyncio.sleep(_PERIOD)
