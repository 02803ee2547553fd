"""Writes docs/coverage.md: each operation of Azure's published control plane, and whether the emulator serves it.

python docs/coverage.py OPENAPI_FILE > docs/coverage.md
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from starlette.routing import BaseRoute, Match

from emulator.app import create_app
from emulator.arm.refused import RefusedRoute
from emulator.clock import RealClock
from emulator.place import Place
from emulator.settings import Settings
from emulator.store import Database


def coverage(openapi: Mapping[str, Any], routes: Sequence[BaseRoute]) -> list[tuple[str, str, str]]:
    """Operation, what becomes of it, and why, for each operation of a definition.

    Parameters:
        openapi: with its `paths`.
        routes: of the emulator's application.
    """
    operations = [(method.upper(), path) for path, methods in openapi["paths"].items() for method in methods]
    return [_judged(method, path, routes) for method, path in operations if method != "PARAMETERS"]


def _judged(method: str, path: str, routes: Iterable[BaseRoute]) -> tuple[str, str, str]:
    scope = {"type": "http", "method": method, "path": re.sub(r"\{\w+\}", "x", path)}
    short = f"{method} {re.sub(r'.*/resourceGroups/.*/Microsoft.MachineLearningServices', '', path)}"
    route = next((route for route in routes if route.matches(scope)[0] is Match.FULL), None)
    if isinstance(route, RefusedRoute):
        return short, "refused on purpose", route.reason
    return short, "not yet" if route is None else "served", ""


def document(openapi: Mapping[str, Any]) -> str:
    """The page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(), RealClock(), Database.in_memory(), place=Place(Path(folder)))
        rows = coverage(openapi, app.routes)
    counts = [f"{sum(row[1] == verdict for row in rows)} {verdict}" for verdict in _VERDICTS]
    lines = [
        "# Coverage of the control plane",
        "",
        f"Each operation of api-version {openapi['info']['version']} of the service that is about jobs;",
        "`docs/coverage.py` writes this page from Azure's OpenAPI file and the routes of the emulator.",
        f"Of {len(rows)} operations on {len(openapi['paths'])} paths: {', '.join(counts)}.",
        "What is refused answers 400, or 404 to a GET, with the reason. PATCH of jobs is served beyond it.",
        "",
        "| operation | | why |",
        "|---|---|---|",
        *(f"| `{operation}` | {verdict} | {reason} |" for operation, verdict, reason in rows),
    ]
    return "\n".join(lines) + "\n"


_VERDICTS = ("served", "refused on purpose", "not yet")


if __name__ == "__main__":
    sys.stdout.write(document(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
