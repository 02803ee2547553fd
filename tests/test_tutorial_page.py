"""docs/tutorial.md: its commands work as they stand, one after the other, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "tutorial.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
FILES = dict(re.findall(r"```python\n# ([\w.]+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A user's environment, whose emulator is stopped in the end."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environ = {"PATH": path, "HOME": str(tmp_path), "AMLET_HOME": str(tmp_path / "home"), "NO_COLOR": "1"}
    yield environ
    subprocess.run(["amlet", "emulator", "stop"], env=environ, capture_output=True, check=False)


@pytest.mark.slow
def test_the_commands_of_the_tutorial_work_one_after_the_other(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = tmp_path
    for line in "".join(SHELL).splitlines():
        if line.startswith("cd "):
            folder /= line.removeprefix("cd ")
            for name, text in FILES.items():
                (folder / name).write_text(text, encoding="utf-8")
            continue
        done = subprocess.run(line, shell=True, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    assert {"test_sweep.py", "sweep.yml"} <= {path.name for path in folder.iterdir()}
