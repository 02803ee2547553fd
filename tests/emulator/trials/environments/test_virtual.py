from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials.environments.built import BuiltEnvironments
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.prepared import Wish
from emulator.trials.environments.requirements import of_conda_file, of_lines
from emulator.trials.environments.spec import EnvironmentSpec
from emulator.trials.environments.virtual import VirtualEnvironments

if TYPE_CHECKING:
    from tests.emulator.trials.environments.conftest import Programs

#: A stand-in that makes the folder of an environment and installs nothing.
UV = '[ "$1" != venv ] || mkdir -p "${@: -1}/bin"'
OWN = ".".join(map(str, sys.version_info[:2]))


def mode(programs: Programs, folder: Path) -> VirtualEnvironments:
    return VirtualEnvironments(BuiltEnvironments(folder / "envs"), InstalledPackages(), programs.environ)


def test_uv_builds_once_for_all_jobs_that_want_the_same(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    programs.add("uv", UV)
    first = mode(programs, tmp_path).prepare(wish("b", "a==1"))
    assert mode(programs, tmp_path).prepare(wish("a==1", "b")).python == first.python
    venv, install = programs.calls("uv")
    assert venv.startswith(f"venv --python {sys.executable} ")
    assert install.startswith(f"pip install --python {first.python} -r ")
    assert (tmp_path / "build.log").read_text().startswith("Environment env:1, from the test, with Python")


def test_other_requirements_are_another_environment(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    programs.add("uv", UV)
    built = mode(programs, tmp_path)
    assert built.prepare(wish("a==1")).python != built.prepare(wish("a==2")).python


def test_offline_is_handed_on(programs: Programs, tmp_path: Path, wish: Callable[..., Wish]) -> None:
    programs.add("uv", UV)
    mode(programs, tmp_path).prepare(wish("a", is_offline=True))
    assert all("--offline" in call for call in programs.calls("uv"))


def test_uv_gets_a_python_that_is_not_here(programs: Programs, tmp_path: Path, wish: Callable[..., Wish]) -> None:
    programs.add("uv", UV)
    mode(programs, tmp_path).prepare(wish("a", python="3.99"))
    assert programs.calls("uv")[0].startswith("venv --python 3.99 ")


def test_a_python_of_the_wanted_version_on_path_is_used(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    programs.add("uv", UV)
    answer = json.dumps({"python": "3.99.1", "packages": {}, "path": []})
    python = programs.add("python3.99", f"echo '{answer}'")
    mode(programs, tmp_path).prepare(wish("a", python="3.99"))
    assert programs.calls("uv")[0].startswith(f"venv --python {python} ")


def test_without_uv_another_python_is_noted_and_refused_when_strict(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    python = programs.add("python", f'exec {sys.executable} "$@"')
    found = mode(programs, tmp_path).prepare(wish(python="3.99"))
    assert found.notes == (f"Python 3.99 is wanted and not here; built with {OWN} (uv would get it: pip install uv)",)
    with pytest.raises(TrialRefused, match=r"\(--env-strict\)"):
        mode(programs, tmp_path).prepare(Wish(**{**_fields(wish(python="3.99")), "python": python, "is_strict": True}))


def test_packages_without_a_pypi_name_are_noted(programs: Programs, tmp_path: Path, wish: Callable[..., Wish]) -> None:
    programs.add("uv", UV)
    spec = EnvironmentSpec("env", of_conda_file("dependencies: [odd-thing]"), "its conda file")
    assert mode(programs, tmp_path).prepare(wish(spec=spec)).notes == (
        "left out, not known by their PyPI name: odd-thing",
    )


def test_an_environment_of_which_nothing_is_known_is_refused(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    with pytest.raises(TrialRefused, match=r"requirements: requirements\.txt"):
        mode(programs, tmp_path).prepare(wish(spec=EnvironmentSpec("odd")))


def test_an_environment_whose_files_did_not_come_with_the_job_is_refused(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    with pytest.raises(TrialRefused, match=r"env:1: it includes base.txt, which did not come with the job"):
        mode(programs, tmp_path).prepare(wish("-r base.txt"))


@pytest.fixture
def package_index(tmp_path: Path) -> None:
    """The one thing a test may want from outside: skipped where no package index answers."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "0", "--timeout", "10"]
    if subprocess.run([*pip, "--dest", tmp_path, "packaging==23.2"], capture_output=True, check=False).returncode:
        pytest.skip("no package index can be reached from here")


@pytest.mark.slow
@pytest.mark.usefixtures("package_index")
def test_a_package_from_pypi_is_installed_in_a_version_of_its_own(tmp_path: Path, wish: Callable[..., Wish]) -> None:
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    real = VirtualEnvironments(BuiltEnvironments(tmp_path / "envs"), InstalledPackages(), environ)
    spec = EnvironmentSpec("pinned", of_lines(["packaging==23.2"]), "the test")
    found = real.prepare(wish(spec=spec))
    assert found.python is not None
    script = "import importlib.metadata as m; print(m.version('packaging'))"
    answer = subprocess.run([found.python, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "23.2"
    assert InstalledPackages().of(Path(sys.executable)).packages["packaging"] != "23.2"


def _fields(wish: Wish) -> dict[str, object]:
    return {name: getattr(wish, name) for name in wish.__dataclass_fields__}
