from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("module", ["emulator.engine.sweep", "emulator.engine.scheduler", "emulator.engine.explain"])
def test_numpy_scipy_and_optuna_are_loaded_only_by_the_sampler_that_needs_them(module: str) -> None:
    slow = f"import sys, {module}; print(sorted({{'numpy', 'scipy', 'optuna'}} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", slow], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
