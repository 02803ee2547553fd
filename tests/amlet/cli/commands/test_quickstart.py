"""`amlet quickstart`: what it writes is right, runs without a warning, and replaces nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.project.project_file import ProjectFile
from emulator.trials.environments.current import CurrentInterpreter
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.prepared import Wish
from emulator.trials.environments.spec import environment_spec
from gateway import load_job

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"


@pytest.mark.parametrize(
    ("options", "file"),
    [((), "quickstart/sweep.yml"), (("q", "--pipeline"), "q/pipeline.yml")],
    ids=["sweep", "pipeline"],
)
def test_the_job_that_is_written_has_no_findings(amlet, options: tuple[str, ...], file: str) -> None:
    written = amlet("quickstart", *options)
    assert written.code == 0
    assert f"amlet job create -f {file} --emulator --stream" in written.out
    checked = amlet("job", "validate", "-f", file)
    assert json.loads(checked.out) == {"result": "Succeeded", "findings": []}


def test_a_second_run_changes_nothing_and_a_changed_file_is_kept(amlet, tmp_path: Path) -> None:
    assert amlet("quickstart").code == amlet("quickstart").code == 0
    file = tmp_path / "quickstart" / "sweep.yml"
    file.write_text("mine")
    refused = amlet("quickstart")
    assert refused.code == 2
    assert "sweep.yml exists already" in refused.err
    assert file.read_text() == "mine"


def test_the_log_of_the_sweep_has_no_warning_of_its_environment(amlet, tmp_path: Path) -> None:
    amlet("quickstart")
    job = load_job(tmp_path / "quickstart" / "sweep.yml")
    spec = environment_spec(job.trial.environment, None, ProjectFile())
    code = tmp_path / "quickstart" / "src"
    wish = Wish(spec, Path("/usr/bin/python3"), "the test", code, False, True, tmp_path / "log", job.trial.command)
    assert CurrentInterpreter(InstalledPackages()).prepare(wish).logged == ()


def test_the_steps_are_those_of_the_example_of_a_pipeline(amlet, tmp_path: Path) -> None:
    amlet("quickstart", "--pipeline")
    here = tmp_path / "quickstart"
    steps = [path.relative_to(here) for path in here.rglob("*") if path.is_file() and path.name != "pipeline.yml"]
    assert len(steps) == 6
    assert all((here / step).read_bytes() == (EXAMPLES / "pipeline" / step).read_bytes() for step in steps)


def test_the_scripts_of_the_pipeline_are_those_of_the_example() -> None:
    written, example = EXAMPLES.parent / "amlet/cli/templates/pipeline/src", EXAMPLES / "pipeline" / "src"
    texts = {path.name: path.read_text() for path in example.glob("*.py")}
    assert len(texts) == 3
    assert {path.name: path.read_text() for path in written.glob("*.py")} == texts
