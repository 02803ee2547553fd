"""Which module answers below which paths."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from starlette.routing import Route

from emulator.api.lazy_routes import LazyRoutes, lazy_routes
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.storage import Database

_CODE = """
import pathlib, sys
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.storage import Database
from starlette.testclient import TestClient
app = app_of(build(EmulatorConfig(), Place(pathlib.Path(sys.argv[1])), Database.in_memory()))
assert TestClient(app, base_url="https://127.0.0.1").get("/_amlet/health").status_code == 200
print(*sys.modules)
"""


def test_the_path_of_every_route_begins_as_its_module_is_listed(tmp_path: Path) -> None:
    emulator = build(EmulatorConfig(), Place(tmp_path), Database.in_memory())
    strangers = [
        route.path
        for lazy in lazy_routes(emulator)
        if isinstance(lazy, LazyRoutes)
        for route in lazy.routes
        if isinstance(route, Route) and not route.path.startswith(lazy.starts)
    ]
    assert strangers == []


def test_a_module_without_a_request_is_not_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    loaded = set(done.stdout.split())
    assert "emulator.api.control.health" in loaded
    assert {"emulator.studio.app", "emulator.api.dataplane.mlflow", "emulator.api.arm.assets"} & loaded == set()
