"""The suite as its users run it: pytest in a process of its own, in a folder with nothing in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Outcomes = dict[str, str]
_LINE = re.compile(r"^(PASSED|FAILED|ERROR|SKIPPED) (?:\[\d+\] )?\S*?::(\S+)", re.MULTILINE)


@pytest.fixture
def run_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Outcomes, str]]:
    """Run pytest; gives `Class::scenario` -> outcome (skipped ones are left out), and what was printed.

    Without `plugins=True` no plugin is loaded but the suite's own, as loading them takes longer than most runs.
    """
    monkeypatch.setenv("AMLET_HOME", str(tmp_path / "home"))

    def run(*arguments: str, plugins: bool = False) -> tuple[Outcomes, str]:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-q", "--tb=short", *arguments]
        environ = dict(os.environ)
        if not plugins:
            environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            command += ["-p", "amlet.testing.plugin"]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        output = done.stdout + done.stderr
        return {name.partition(" ")[0]: outcome for outcome, name in _LINE.findall(output)}, output

    return run
