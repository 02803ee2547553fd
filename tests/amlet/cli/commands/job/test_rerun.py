"""`amlet job rerun`, on a real emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from amlet.cli import emulators
from amlet.cli.commands.job.rerun import differences
from tests.amlet.cli.processes import Processes

MADE: dict[str, Any] = {"code": "sha256:1", "inputs": {"x": "sha256:2"}, "python": "3.11.7", "packages": {"numpy": "1"}}
SWEEP = """
type: sweep
trial:
  code: src
  command: python train.py --x ${{search_space.x}} ${{inputs.data}}
  environment: azureml:e:1
inputs:
  data: {type: uri_file, path: "https://site.org/a.csv"}
search_space:
  x: {type: uniform, min_value: 0, max_value: 1}
sampling_algorithm: random
objective: {goal: minimize, primary_metric: loss}
limits: {max_total_trials: 3, max_concurrent_trials: 2}
"""


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """The command in the folder of a sweep, with its data mapped."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text("print('hello')")
    (folder / "a.csv").write_text("1,2\n")
    (folder / "amlet.yml").write_text('data: {"https://site.org/a.csv": ./a.csv}\n')
    (folder / "sweep.yml").write_text(SWEEP)
    run = Processes(folder)
    yield run
    run("emulator", "stop", "--all")


def trials(run: Processes, name: str) -> list[Any]:
    """The hyperparameters of a sweep's trials, as they were recorded on it."""
    tags = json.loads(run("job", "show", "-n", name, "--raw").stdout)["properties"]["tags"]
    return [tags[f"_aml_system_{name}_{index}"] for index in range(3)]


@pytest.mark.slow
def test_a_rerun_has_the_same_trials_and_says_what_differs(processes: Processes) -> None:
    first = processes("job", "create", "-f", "sweep.yml", "-n", "first", "--stream")
    assert first.returncode == 0, first.stderr
    again = processes("job", "rerun", "-n", "first", "--stream")
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert (told["of"], told["differences"]) == ("first", [])
    assert trials(processes, told["name"]) == trials(processes, "first")

    (processes.folder / "a.csv").write_text("3,4\n")
    changed = processes("job", "rerun", "first")
    assert "inputs.data: another content" in changed.stderr
    assert json.loads(changed.stdout)["seed"] == told["seed"]


def test_a_workspace_records_nothing_to_rerun_from(amlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulators, "find", lambda *_, **__: pytest.fail("no emulator was asked for"))
    ran = amlet("job", "rerun", "-n", "x", "--subscription", "s", "-g", "g", "-w", "w")
    assert ran.code == 2
    assert "amlet job export -n x --to yaml" in ran.err


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"code": "sha256:9"}, "code: another content (sha256:1, now sha256:9)"),
        ({"inputs": {}}, "inputs.x: another content (sha256:2, now none)"),
        ({"python": "3.12.0"}, "Python: 3.11.7, now 3.12.0"),
        ({"packages": {"numpy": "2"}}, "package numpy: 1, now 2"),
        ({"packages": {}}, "package numpy: 1, now not installed"),
    ],
)
def test_each_difference_is_a_line(changed: dict[str, Any], line: str) -> None:
    assert list(differences(MADE, MADE | changed)) == [line]


def test_nothing_is_claimed_of_what_was_not_recorded() -> None:
    assert list(differences(None, MADE)) == ["the provenance of the first run was not recorded"]
