"""What a start of the emulator waits for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: Slow to import, or part of what runs jobs, which is loaded while the first requests are answered.
_SLOW = {"numpy", "scipy", "optuna", "plotly", "jinja2", "pydantic", "packaging", "emulator.runner.job_runner"}

_CODE = """
import pathlib, sys
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.api.lazy_routes import every_route
from emulator.place import Place
from emulator.storage import Database
app = app_of(build(EmulatorConfig(), Place(pathlib.Path(sys.argv[1])), Database.in_memory()))
assert list(every_route(app.routes))
print(*sys.modules)
"""


def test_no_face_brings_along_what_is_slow_to_import(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    assert _SLOW & set(done.stdout.split()) == set()
