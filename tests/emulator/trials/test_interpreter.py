"""Which Python a trial's `python` is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials import interpreter
from emulator.trials.interpreter import is_tool_environment, of_start, requested


def make_python(root: Path) -> Path:
    path = root / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_what_the_client_asked_for_is_taken(tmp_path: Path) -> None:
    python = make_python(tmp_path)
    assert requested(str(python)).path == python


def test_what_cannot_be_executed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrialRefused, match=r"cannot be executed .*--python"):
        requested(str(tmp_path / "python"))


def test_an_activated_environment_comes_before_conda_and_our_own(tmp_path: Path) -> None:
    venv, conda = make_python(tmp_path / "venv"), make_python(tmp_path / "conda")
    assert of_start({"VIRTUAL_ENV": str(tmp_path / "venv"), "CONDA_PREFIX": str(tmp_path / "conda")}).path == venv
    assert of_start({"CONDA_PREFIX": str(tmp_path / "conda")}).path == conda
    assert of_start({"VIRTUAL_ENV": str(tmp_path / "gone")}).path == Path(sys.executable)


def test_a_tool_environment_is_passed_over_for_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter.sys, "prefix", "/home/me/.local/share/uv/tools/amlet")
    python = make_python(tmp_path)
    assert of_start({"PATH": str(python.parent)}).path == python
    with pytest.raises(TrialRefused, match="no Python was found"):
        of_start({"PATH": str(tmp_path)})


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/home/me/.local/pipx/venvs/amlet", True),
        ("/home/me/.local/share/uv/tools/amlet", True),
        ("/home/me/project/.venv", False),
        ("/usr", False),
    ],
)
def test_tool_environments_are_known_by_their_place(prefix: str, expected: bool) -> None:
    assert is_tool_environment(Path(prefix)) is expected
