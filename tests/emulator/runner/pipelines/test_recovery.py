"""A pipeline goes on after its emulator was killed: nothing is lost, nothing that completed is run again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from contracts.lifecycle import JobStatus
from tests.emulator.runner.conftest import MakeInstance
from tests.emulator.runner.pipelines import driver
from tests.emulator.runner.pipelines.conftest import executionlog, steps_of

REPOSITORY = Path(__file__).parents[4]


def test_a_killed_pipeline_with_a_sweep_goes_on_where_it_was(make_instance: MakeInstance, tmp_path: Path) -> None:
    tally, go = tmp_path / "tally", tmp_path / "go"
    with subprocess.Popen(
        [sys.executable, driver.__file__, str(tmp_path / "state"), str(tally), str(go)],
        cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
    ) as driven:
        assert driven.stdout is not None
        assert driven.stdout.readline() == b"ready\n"
        driven.kill()

    instance = make_instance(start=False)
    before = {trial.name: trial for trial in driver.trials_of(instance)}
    done = [name for name, trial in before.items() if trial.status is JobStatus.COMPLETED]
    assert len(done) == driver.DONE
    names = {step: run.name for step, run in steps_of(instance).items()}
    go.touch()
    instance.job_runner.start()
    assert instance.ended("p").status is JobStatus.COMPLETED

    after = {step: run.name for step, run in steps_of(instance).items()}
    assert names.items() <= after.items()
    assert {run.status for run in steps_of(instance).values()} == {JobStatus.COMPLETED}
    ran = Counter(tally.read_text().split())
    assert ran[after["first"]] == ran[after["last"]] == 1
    assert {ran[name] for name in before} == {1}, "what still ran went on, and was not run again"
    assert "1" in instance.log(after["last"]).split(), "the best of the first two trials is handed on"
    assert executionlog(instance)[-1].startswith("Finishing experiment")
