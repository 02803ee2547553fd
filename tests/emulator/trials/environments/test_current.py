from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.project.project_file import ProjectFile
from emulator.trials.environments.current import CurrentInterpreter
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.prepared import Wish
from emulator.trials.environments.requirements import of_lines
from emulator.trials.environments.spec import EnvironmentSpec, environment_spec


@pytest.fixture
def mode() -> CurrentInterpreter:
    return CurrentInterpreter(InstalledPackages())


def test_an_interpreter_that_has_everything_is_taken_without_a_word(
    mode: CurrentInterpreter, wish: Callable[..., Wish]
) -> None:
    found = mode.prepare(wish("pytest"))
    assert found.python == Path(sys.executable)
    assert found.notes == ()
    assert found.wrap is None


def test_a_missing_package_is_refused_with_the_command_that_installs_it(
    mode: CurrentInterpreter, wish: Callable[..., Wish]
) -> None:
    with pytest.raises(TrialRefused) as refused:
        mode.prepare(wish("no-such-package==1.*", "pytest"))
    text = str(refused.value)
    assert "missing: no-such-package==1.*" in text
    assert f"{sys.executable} -m pip install 'no-such-package==1.*'" in text
    assert "--env-mode uv" in text
    assert "environments: [{name: env, python: ./.venv}]" in text


def test_another_version_is_noted_and_refused_only_when_strict(
    mode: CurrentInterpreter, wish: Callable[..., Wish]
) -> None:
    (note,) = mode.prepare(wish("pytest<1")).notes
    assert note.startswith("other versions are installed: pytest<1 (")
    with pytest.raises(TrialRefused, match="--env-strict"):
        mode.prepare(wish("pytest<1", is_strict=True))


def test_of_a_curated_image_only_what_the_code_imports_is_missed(
    mode: CurrentInterpreter, wish: Callable[..., Wish], tmp_path: Path
) -> None:
    spec = EnvironmentSpec("AzureML-x", of_lines(["no-such-package"]), "the table", is_wide=True)
    (tmp_path / "main.py").write_text("import json\n")
    (note,) = mode.prepare(wish(spec=spec, code=tmp_path)).notes
    assert note == "not installed, and not imported by the code: no-such-package"
    (tmp_path / "main.py").write_text("import no_such_package\n")
    with pytest.raises(TrialRefused, match="which the code imports"):
        mode.prepare(wish(spec=spec, code=tmp_path))


def test_the_log_says_all_differences_in_one_line(mode: CurrentInterpreter, wish: Callable[..., Wish]) -> None:
    spec = EnvironmentSpec("env", of_lines(["pytest<1", "azureml-none"], "3.99"), "the test")
    found = mode.prepare(wish(spec=spec))
    assert len(found.notes) == 3
    (warning,) = found.logged
    assert warning.startswith("Python 3.99 is wanted")
    assert warning.endswith("; 2 more differences: amlet doctor -f FILE")


def test_code_that_uses_nothing_of_a_curated_image_is_not_warned_of_it(
    mode: CurrentInterpreter, wish: Callable[..., Wish], tmp_path: Path
) -> None:
    spec = EnvironmentSpec("AzureML-x", of_lines(["pytest<1"], "3.99"), "the table", is_wide=True)
    (tmp_path / "main.py").write_text("import json\n")
    assert mode.prepare(wish(spec=spec, code=tmp_path)).logged == ()
    (tmp_path / "main.py").write_text("import pytest\n")
    assert len(mode.prepare(wish(spec=spec, code=tmp_path)).logged) == 1


def test_an_unknown_environment_is_taken_as_it_is_and_said_so(
    mode: CurrentInterpreter, wish: Callable[..., Wish]
) -> None:
    found = mode.prepare(wish(spec=EnvironmentSpec("odd:3")))
    assert found.reason == "the test; nothing is known of odd:3"
    assert found.notes == ()


def test_an_environment_that_is_defined_in_the_job_is_not_looked_for_in_the_project_file(
    mode: CurrentInterpreter, wish: Callable[..., Wish]
) -> None:
    document = {"condaFile": "dependencies: [{pip: [no-such-package]}]"}
    spec = environment_spec("azureml:CliV2AnonymousEnvironment:3f", document, ProjectFile())
    with pytest.raises(TrialRefused) as refused:
        mode.prepare(wish(spec=spec))
    assert str(refused.value).startswith("environment of the job does not match ")
    assert str(refused.value).endswith("or have it built: --env-mode uv; or choose another interpreter: --python")


def test_files_that_did_not_come_with_the_job_are_noted(mode: CurrentInterpreter, wish: Callable[..., Wish]) -> None:
    assert mode.prepare(wish("pytest", "-r base.txt")).notes == (
        "files that did not come with the job were not compared: base.txt",
    )
