from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contracts.diagnostics.yaml_text import parse
from emulator.executors.base import TrialRefused
from emulator.trials.environments.built import BuiltEnvironments
from emulator.trials.environments.conda import CondaEnvironments
from emulator.trials.environments.prepared import Wish
from emulator.trials.environments.requirements import of_conda_file
from emulator.trials.environments.spec import EnvironmentSpec

if TYPE_CHECKING:
    from tests.emulator.trials.environments.conftest import Programs


def mode(programs: Programs, folder: Path) -> CondaEnvironments:
    return CondaEnvironments(BuiltEnvironments(folder / "envs"), programs.environ)


def test_micromamba_makes_the_environment_of_a_conda_file_once(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    programs.add("micromamba", f'mkdir -p "$4"; cp "$6" {tmp_path}/given.yml')
    text = "dependencies: [python=3.10, odd-thing]\n"
    spec = EnvironmentSpec("env", of_conda_file(text), "its conda file")
    found = mode(programs, tmp_path).prepare(wish(spec=spec))
    again = mode(programs, tmp_path).prepare(wish(spec=spec))
    assert found == again
    assert found.python is not None
    (call,) = programs.calls("micromamba")
    assert call.startswith(f"create --yes --prefix {found.python.parent.parent} --file ")
    assert (tmp_path / "given.yml").read_text() == text
    assert found.variables == {"CONDA_PREFIX": str(found.python.parent.parent)}


def test_conda_itself_is_called_in_its_own_way_and_offline_when_asked(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    programs.add("conda", f'mkdir -p "$5"; cp "$7" {tmp_path}/given.yml')
    mode(programs, tmp_path).prepare(wish("numpy==2.*", python="3.11", is_offline=True))
    assert programs.calls("conda")[0].startswith("env create --offline --prefix ")
    assert parse((tmp_path / "given.yml").read_text())["dependencies"] == [
        "python=3.11",
        "pip",
        {"pip": ["numpy==2.*"]},
    ]


def test_without_a_conda_program_the_mode_is_refused(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    with pytest.raises(TrialRefused, match="micromamba, mamba, conda, and none is here"):
        mode(programs, tmp_path).prepare(wish("numpy"))
