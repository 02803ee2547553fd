from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import amlet._guard


def shadowing(folder: Path, name: str) -> Path:
    """A folder with a foreign package of that name."""
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("OWNER = 'somebody else'\n")
    return folder


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["contracts", "gateway", "emulator"])
def test_the_command_works_inside_a_repository_with_such_a_package(tmp_path: Path, name: str) -> None:
    folder = shadowing(tmp_path, name)
    answer = run([str(Path(sys.executable).parent / "amlet"), "--version"], folder)
    assert answer.returncode == 0, answer.stderr
    assert "amlet" in answer.stdout


@pytest.mark.parametrize("package", ["gateway", "emulator"])
def test_importing_a_package_of_ours_beside_foreign_contracts_says_whose_they_are(tmp_path: Path, package: str) -> None:
    folder = shadowing(tmp_path, "contracts")
    answer = run([sys.executable, "-c", f"import {package}"], folder)
    assert answer.returncode != 0
    assert f"{package} needs its own package 'contracts'" in answer.stderr
    assert f"Python finds another one first: {folder / 'contracts'}. Rename that one" in answer.stderr


@pytest.mark.parametrize("package", ["gateway", "emulator"])
def test_a_package_of_ours_is_imported_without_the_others(tmp_path: Path, package: str) -> None:
    code = f"import sys, {package}\nprint(*({{'amlet', 'gateway', 'emulator'}} & set(sys.modules)))"
    answer = run([sys.executable, "-c", code], tmp_path)
    assert (answer.stdout.split(), answer.stderr) == ([package], "")


def test_the_command_line_starts_amlet_from_any_folder(tmp_path: Path) -> None:
    answer = run([*amlet._guard.command_line(), "--version"], shadowing(tmp_path, "amlet"))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("amlet ")


def test_our_own_packages_pass_the_guard() -> None:
    amlet._guard.guard("contracts", "gateway", "emulator")


def test_the_current_folder_and_pythonpath_are_taken_off_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    assert amlet._guard.isolated(["", str(tmp_path), str(tmp_path / "lib"), "/usr/lib/python"])[-1:] == [
        "/usr/lib/python"
    ]


def test_a_pythonpath_on_which_amlet_itself_is_installed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    home = str(Path(amlet._guard.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", home)
    assert amlet._guard.isolated([home]) == [home]
