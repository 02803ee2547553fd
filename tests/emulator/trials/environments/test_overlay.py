"""Overlays: what a trial installs never reaches the chosen environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials.environments.current import CurrentInterpreter
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.overlay import Overlaid, remove_overlay
from emulator.trials.environments.prepared import Wish


@pytest.fixture
def mode() -> Overlaid:
    return Overlaid(CurrentInterpreter(InstalledPackages()), os.environ)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package that pip installs without a network: a wheel, which is an archive."""
    from zipfile import ZipFile

    wheel = tmp_path / "amlet_overlay_probe-1-py3-none-any.whl"
    info = "amlet_overlay_probe-1.dist-info"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("amlet_overlay_probe.py", "WHERE = __file__\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: amlet-overlay-probe\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def test_what_is_installed_stays_in_the_overlay(
    mode: Overlaid, wish: Callable[..., Wish], tmp_path: Path, package: Path
) -> None:
    overlay = tmp_path / "job.overlay"
    found = mode.prepare(replace(wish("pytest"), command=f"pip install {package}", overlay=overlay))
    assert found.path == (str(overlay / "bin"), str(Path(sys.executable).parent))
    environ = {"PATH": os.pathsep.join([*found.path, os.environ["PATH"]]), "HOME": str(tmp_path)}
    install = ["pip", "install", "--quiet", "--no-index", "--no-deps", str(package)]
    subprocess.run(["bash", "-c", " ".join(install)], env=environ, check=True, capture_output=True)
    probe = "import amlet_overlay_probe, pytest; print(amlet_overlay_probe.WHERE)"
    said = subprocess.run([str(found.python), "-c", probe], capture_output=True, text=True, check=True, env=environ)
    assert said.stdout.startswith(str(overlay))
    assert subprocess.run([sys.executable, "-c", "import amlet_overlay_probe"], capture_output=True).returncode == 1
    remove_overlay(overlay)
    assert not list(tmp_path.glob("job.overlay*"))


def test_all_trials_of_a_job_share_one_overlay(mode: Overlaid, wish: Callable[..., Wish], tmp_path: Path) -> None:
    wanted = replace(wish("pytest"), command="pip install x", overlay=tmp_path / "job.overlay")
    first = mode.prepare(wanted)
    (tmp_path / "job.overlay" / "installed").touch()
    assert mode.prepare(wanted).python == first.python
    assert (tmp_path / "job.overlay" / "installed").exists()


def test_the_overlay_is_told_once_and_needs_no_folder_for_that(mode: Overlaid, wish: Callable[..., Wish]) -> None:
    found = mode.prepare(replace(wish("pytest"), command="pip install x"))
    assert found.python == Path(sys.executable)
    assert found.notes == (
        f"`pip install x` installs into an overlay of this job, which ends with it; {sys.executable} stays as it is",
    )


def test_what_is_missing_may_be_what_the_job_installs(mode: Overlaid, wish: Callable[..., Wish]) -> None:
    found = mode.prepare(replace(wish("no-such-package"), command="pip install no-such-package"))
    assert "missing, unless the job installs it: no-such-package" in found.notes


def test_a_job_that_installs_nothing_gets_the_chosen_interpreter(
    mode: Overlaid, wish: Callable[..., Wish], tmp_path: Path
) -> None:
    found = mode.prepare(replace(wish("pytest"), command="python t.py", overlay=tmp_path / "job.overlay"))
    assert found.python == Path(sys.executable)
    assert not (tmp_path / "job.overlay").exists()


def test_an_installation_that_reaches_the_users_environment_is_refused(
    mode: Overlaid, wish: Callable[..., Wish]
) -> None:
    with pytest.raises(TrialRefused, match="would change your own environment"):
        mode.prepare(replace(wish("pytest"), command="conda install -y numpy"))
