"""examples/ci: every command of every file runs as it stands there, but for the installation of packages."""

from __future__ import annotations

import configparser
import os
import runpy
import shutil
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "ci"


def github() -> Iterator[str]:
    for job in _workflow()["jobs"].values():
        if not _uses_action(job):
            yield from (step["run"] for step in job["steps"] if "run" in step)


def _workflow() -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())
    return workflow


def _uses_action(job: dict[str, Any]) -> bool:
    return any(step.get("uses", "").startswith("./") for step in job["steps"])


def azure() -> Iterator[str]:
    pipeline = yaml.safe_load((EXAMPLES / "azure-pipelines.yml").read_text())
    yield from (step["script"] for step in pipeline["steps"] if "script" in step)


def tox() -> Iterator[str]:
    read = configparser.ConfigParser()
    read.read(EXAMPLES / "tox.ini")
    for section in read.sections():
        if "commands" in read[section]:
            yield read[section]["commands"].replace("{posargs}", "").strip()


class Session:
    """As nox gives it to a session: notes what would be run."""

    posargs: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.commands: list[str] = []

    def install(self, *packages: str) -> None:
        self.commands.append(f"python -m pip install {' '.join(packages)}")

    def run(self, *words: str) -> None:
        self.commands.append(" ".join(words))


def nox() -> Iterator[str]:
    module, sessions = types.ModuleType("nox"), []

    def session(function: Any = None, **options: Any) -> Any:
        if function is None:
            return session
        sessions.append(function)
        return function

    module.session, module.Session = session, Session  # type: ignore[attr-defined]
    sys.modules["nox"] = module
    try:
        runpy.run_path(str(EXAMPLES / "noxfile.py"))
    finally:
        del sys.modules["nox"]
    for run in sessions:
        under_test = Session()
        run(under_test)
        yield from under_test.commands


def commands() -> list[str]:
    """What the files run, without what is the same in several."""
    every = [command.strip() for resolved in (github, azure, tox, nox) for command in resolved()]
    plain = [" ".join(word for word in command.split() if not word.startswith("--junitxml")) for command in every]
    return list(dict.fromkeys(plain))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example, as a project of its own."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__")))


def test_every_file_has_commands() -> None:
    assert [len(list(resolved())) >= 2 for resolved in (github, azure, tox, nox)] == [True] * 4


@pytest.mark.slow
@pytest.mark.parametrize("command", [command for command in commands() if "pip install" not in command])
def test_the_command_runs(project: Path, command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "AMLET_HOME": str(project / "home"),
    }
    command = command.replace("-n auto", "-n 2")
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list((project / "home").glob("emulators/*")), "an emulator was left running"


@pytest.mark.slow
def test_the_steps_of_the_action_start_an_emulator_for_the_steps_that_follow(project: Path) -> None:
    action = yaml.safe_load((EXAMPLES / "action.yml").read_text())
    (start,) = (step["run"] for step in action["runs"]["steps"] if step.get("id") == "start")
    (job,) = (job for job in _workflow()["jobs"].values() if _uses_action(job))
    (use,) = (step["run"] for step in job["steps"] if "run" in step)
    files = {name: str(project / name) for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(project),
        "AMLET_HOME": str(project / "home"),
        "RUNNER_TEMP": str(project),
        **files,
    }

    def run(text: str, **more: str) -> None:
        ran = subprocess.run(
            ["bash", "-e", "-c", text], cwd=project, env=environment | more, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    try:
        run(start)
        lines = Path(files["GITHUB_ENV"]).read_text().splitlines()
        run(use, **dict(line.split("=", 1) for line in lines))
    finally:
        run('amlet emulator stop --state-dir "$RUNNER_TEMP/amlet-state"')
    assert Path(files["GITHUB_OUTPUT"]).read_text() == f"state-dir={project}/amlet-state\n"


def test_the_paths_by_which_packages_are_cached_name_files_that_exist() -> None:
    steps = [step for job in _workflow()["jobs"].values() for step in job["steps"]]
    paths = [step["with"]["cache-dependency-path"] for step in steps if "cache-dependency-path" in step.get("with", {})]
    paths.append(yaml.safe_load((EXAMPLES / "action.yml").read_text())["inputs"]["requirements"]["default"])
    assert paths
    assert [path for path in paths if not (EXAMPLES / path).is_file()] == []


def test_what_is_installed_has_the_extra_and_the_packages_that_the_commands_use() -> None:
    required = " ".join((EXAMPLES / "requirements.txt").read_text().split())
    installs = [command.replace("-r requirements.txt", required) for command in commands() if "pip install" in command]
    assert installs
    assert all("amlet[emulator]" in command for command in installs)
    assert any("pytest-xdist" in command for command in installs)


def test_the_readme_names_every_file() -> None:
    readme = (EXAMPLES / "README.md").read_text()
    files = {
        path.relative_to(EXAMPLES).as_posix()
        for path in EXAMPLES.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert sorted(name for name in files - {"README.md", "pytest.ini"} if f"`{name}`" not in readme) == []
