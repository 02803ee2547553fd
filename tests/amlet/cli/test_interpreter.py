"""Which Python the trials run with."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlet.cli import emulator_extra
from amlet.cli.exits import Refusal
from amlet.cli.interpreter import choose, tool_of


@pytest.fixture
def make(tmp_path: Path):
    """`make("pipx/venvs/amlet")`: an environment with a Python in it."""

    def build(name: str) -> Path:
        folder = tmp_path / name
        (folder / "bin").mkdir(parents=True)
        python = folder / "bin" / "python"
        python.write_text("#!/bin/sh\n")
        python.chmod(0o755)
        return folder

    return build


def test_the_order_is_flag_virtual_env_conda_own_path(make) -> None:
    flag, venv, conda, own, path = (make(name) for name in ("flag", "venv", "conda", "own", "path"))
    environ = {"VIRTUAL_ENV": str(venv), "CONDA_PREFIX": str(conda), "PATH": str(path / "bin")}
    assert choose(str(flag / "bin" / "python"), environ, str(own)) == (str(flag / "bin" / "python"), "--python")
    assert choose(None, environ, str(own)) == (str(venv / "bin" / "python"), "VIRTUAL_ENV")
    del environ["VIRTUAL_ENV"]
    assert choose(None, environ, str(own)) == (str(conda / "bin" / "python"), "CONDA_PREFIX")
    del environ["CONDA_PREFIX"]
    assert choose(None, environ, str(own)) == (str(own / "bin" / "python"), "the environment of amlet")


@pytest.mark.parametrize("tool", ["pipx/venvs/amlet", "share/uv/tools/amlet"])
def test_a_tools_own_environment_is_passed_over(make, tool: str) -> None:
    own, path = make(tool), make("path")
    assert choose(None, {"PATH": str(path / "bin")}, str(own)) == (str(path / "bin" / "python"), "PATH")


def test_an_environment_without_a_python_is_passed_over(make, tmp_path: Path) -> None:
    own = make("own")
    assert choose(None, {"VIRTUAL_ENV": str(tmp_path / "gone")}, str(own)) == (
        str(own / "bin" / "python"),
        "the environment of amlet",
    )


def test_a_flag_that_is_no_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"--python .*none: no such program"):
        choose(str(tmp_path / "none"), {})


@pytest.mark.parametrize(
    ("prefix", "tool"),
    [("/home/a/.local/share/uv/tools/amlet", "uv"), ("/home/a/pipx/venvs/amlet", "pipx"), ("/home/a/.venv", None)],
)
def test_the_extra_is_installed_by_the_tool_that_installed_amlet(
    monkeypatch: pytest.MonkeyPatch, prefix: str, tool: str | None
) -> None:
    assert tool_of(prefix) == tool
    monkeypatch.setattr(emulator_extra, "tool_of", lambda: tool)
    monkeypatch.setattr(emulator_extra, "_NEEDED", ("no_such_package",))
    with pytest.raises(Refusal, match=rf"{tool or 'pip'} .*install .*'amlet\[emulator\]'|pip install 'amlet"):
        emulator_extra.require_extra()
