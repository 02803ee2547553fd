"""`gateway.tracking` in trials whose Python has no amlet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from amlet import TRACKING_FILE
from emulator.trials.environments.installed import Installed, InstalledPackages
from emulator.trials.environments.prepared import Prepared
from emulator.trials.environments.tracking_shim import TrackingShim

#: Other versions of Python on this machine, those of pyenv included.
PYTHONS = [found for minor in range(8, 14) if (found := shutil.which(f"python3.{minor}"))] + [
    str(found) for minor in range(8, 14) for found in Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python")
]
_USE = """
from gateway.tracking import NotInRun, log_metric, log_metrics, log_param, set_tag
try:
    log_metric("m", 1)
except NotInRun:
    print("laid")
"""


def shim(tmp_path: Path, *, has_gateway: bool, file: Path | None = TRACKING_FILE) -> TrackingShim:
    return TrackingShim(file, tmp_path / "tracking", lambda _: Installed("3.8.1", {}, has_gateway))


def test_an_environment_with_a_gateway_of_its_own_is_left_as_it_is(tmp_path: Path) -> None:
    prepared = Prepared(Path("/py/bin/python"), "")
    assert shim(tmp_path, has_gateway=True).laid(prepared) is prepared
    assert shim(tmp_path, has_gateway=False, file=None).laid(prepared) is prepared
    assert not (tmp_path / "tracking").exists()


@pytest.mark.parametrize("python", [None, Path("/py/bin/python")])
def test_one_file_is_laid_where_there_is_none(tmp_path: Path, python: Path | None) -> None:
    found = shim(tmp_path, has_gateway=False).laid(Prepared(python, ""))
    assert found.python_path == (tmp_path / "tracking",)
    assert [one.name for one in (tmp_path / "tracking").rglob("*") if one.is_file()] == ["tracking.py"]


def test_a_package_that_comes_later_on_the_path_goes_before_the_file(tmp_path: Path) -> None:
    shim(tmp_path, has_gateway=False).laid(Prepared(None, ""))
    (tmp_path / "own" / "gateway").mkdir(parents=True)
    (tmp_path / "own" / "gateway" / "__init__.py").write_text("OWN = True\n")
    path = os.pathsep.join([str(tmp_path / "tracking"), str(tmp_path / "own")])
    probe = "import gateway; print(gateway.OWN)"
    said = subprocess.run(
        [sys.executable, "-S", "-c", probe],
        cwd=tmp_path,
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "True\n"


def test_the_file_needs_nothing_but_the_standard_library_of_any_python_from_3_8_on(tmp_path: Path) -> None:
    shim(tmp_path, has_gateway=False).laid(Prepared(None, ""))
    environ = {"PYTHONPATH": str(tmp_path / "tracking"), "PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    for python in (sys.executable, *PYTHONS):
        if subprocess.run([python, "-c", ""], env=environ, capture_output=True).returncode == 0:
            said = subprocess.run([python, "-S", "-c", _USE], cwd=tmp_path, env=environ, capture_output=True, text=True)
            assert (python, said.stdout, said.stderr) == (python, "laid\n", "")


def test_this_interpreter_is_seen_to_have_a_gateway() -> None:
    assert InstalledPackages().of(Path(sys.executable)).has_gateway
