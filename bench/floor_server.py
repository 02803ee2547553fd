"""The floor of a durable PUT: Starlette on uvicorn, and one SQLite transaction before the answer.

    python bench/floor_server.py PORT FOLDER

One thread writes and commits in groups, as the emulator's store does; there are no rules, no rendering, no TLS.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_WRITES: queue.SimpleQueue[tuple[str, bytes, Future[None]]] = queue.SimpleQueue()


def write_all(file: Path) -> None:
    """Store what comes, a transaction for all that waits."""
    conn = sqlite3.connect(file, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")
    conn.execute("CREATE TABLE documents (name TEXT PRIMARY KEY, body BLOB NOT NULL)")
    while True:
        group = [_WRITES.get()]
        while _WRITES.qsize():
            group.append(_WRITES.get())
        conn.execute("BEGIN IMMEDIATE")
        for name, body, _ in group:
            conn.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (name, body))
        conn.execute("COMMIT")
        for *_, stored in group:
            stored.set_result(None)


async def put(request: Request) -> Response:
    """Store a document."""
    stored: Future[None] = Future()
    _WRITES.put((request.path_params["name"], await request.body(), stored))
    await asyncio.wrap_future(stored)
    return Response(status_code=201)


async def health(request: Request) -> Response:
    """Answer."""
    return Response()


if __name__ == "__main__":
    threading.Thread(target=write_all, args=(Path(sys.argv[2]) / "floor.db",), daemon=True).start()
    routes = [Route("/documents/{name}", put, methods=["PUT"]), Route("/health", health)]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
