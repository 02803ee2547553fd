"""Writes docs/coverage.md: each operation of Azure's published control plane, what becomes of it, and who used it.

    python docs/coverage.py OPENAPI_FILE > docs/coverage.md

Clients and evidence are those that the tests recorded in docs/coverage.json; see `tests/emulator/exercised.py`.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from starlette.routing import BaseRoute, Match

from emulator.api.arm.refused import RefusedRoute
from emulator.api.lazy_routes import every_route
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.storage import Database

RECORDED = Path(__file__).with_suffix(".json")
_VERDICTS = ("served", "refused on purpose", "not yet")

#: By operation and client: a test in which that client was answered, and the status.
Recorded = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Row(NamedTuple):
    """One operation.

    Parameters:
        operation: method and path.
        state: one of three.
        reason: of a refusal.
        tests: by client, the test in which it got such an answer.
    """

    operation: str
    state: str
    reason: str = ""
    tests: Mapping[str, str] = {}


def coverage(openapi: Mapping[str, Any], routes: Sequence[BaseRoute], recorded: Recorded) -> list[Row]:
    """A row for each operation of a definition.

    Parameters:
        openapi: with its `paths`.
        routes: of the emulator's application.
        recorded: what the tests reached.
    """
    operations = [(method.upper(), path) for path, methods in openapi["paths"].items() for method in methods]
    return [_judged(method, path, routes, recorded) for method, path in operations if method != "PARAMETERS"]


def _judged(method: str, path: str, routes: Iterable[BaseRoute], recorded: Recorded) -> Row:
    scope = {"type": "http", "method": method, "path": re.sub(r"\{\w+\}", "x", path)}
    short = f"{method} {re.sub(r'.*/resourceGroups/.*/Microsoft.MachineLearningServices', '', path)}"
    route = next((route for route in routes if route.matches(scope)[0] is Match.FULL), None)
    if route is None:
        return Row(short, "not yet")
    refused = isinstance(route, RefusedRoute)
    answers = recorded.get(re.sub(r"\{\w+\}", "{}", short), {})
    tests = {client: one["test"] for client, one in answers.items() if (one["status"] >= 400) == refused}
    if isinstance(route, RefusedRoute):
        return Row(short, "refused on purpose", route.reason, tests)
    return Row(short, "served", "", tests)


def document(openapi: Mapping[str, Any], recorded: Recorded) -> str:
    """The page."""
    with tempfile.TemporaryDirectory() as folder:
        app = app_of(build(EmulatorConfig(), Place(Path(folder)), Database.in_memory()))
        rows = coverage(openapi, [*every_route(app.routes)], recorded)
    counts = [f"{sum(row.state == verdict for row in rows)} {verdict}" for verdict in _VERDICTS]
    lines = [
        "# Coverage of the control plane",
        "",
        f"Each operation of api-version {openapi['info']['version']} of the service that is about jobs;",
        "`docs/coverage.py` makes this page of Azure's OpenAPI file, the emulator's routes, and what tests recorded.",
        f"Of {len(rows)} operations on {len(openapi['paths'])} paths: {', '.join(counts)}.",
        "What is refused answers 400, or 404 to a GET, with the reason. PATCH of jobs is served beyond it.",
        "",
        "The last column names the test below `tests/emulator` in which a client got such an answer; REST is none.",
        "The tests of `clients/test_restart.py` read back what was PUT after the emulator was killed.",
        "",
        "| operation | state | clients and evidence |",
        "|---|---|---|",
        *(f"| `{row.operation}` | {_state(row)} | {_evidence(row)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _state(row: Row) -> str:
    return f"{row.state}: {row.reason}" if row.reason else row.state


def _evidence(row: Row) -> str:
    return "<br>".join(f"{client}: `{test.partition('[')[0]}`" for client, test in row.tests.items())


if __name__ == "__main__":
    definitions = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(document(definitions, json.loads(RECORDED.read_text(encoding="utf-8"))))
