"""`kill -9` at any moment of a pipeline with a sweep step: nothing is lost, nothing is run twice to completion.

One moment by default; `AMLET_KILLS=50` tries as many (the nightly profile). A failure names its moment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from contracts.lifecycle import JobStatus
from tests.emulator.runner.conftest import MakeInstance
from tests.emulator.runner.pipelines import kill_driver, three_steps
from tests.emulator.runner.pipelines.conftest import executionlog, steps_of

REPOSITORY = Path(__file__).parents[4]

#: A few less than an unbroken run has, so that a kill comes in any case.
COMMITS = 33

SEEDS = range(int(os.environ.get("AMLET_KILLS", "1")))


def run(state: Path, scratch: Path, moment: int, when: str) -> int:
    """Run the pipeline, or go on with it; the exit code."""
    words = [sys.executable, kill_driver.__file__, str(state), str(scratch), str(moment), when]
    environ = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    return subprocess.run(words, cwd=REPOSITORY, env=environ, check=False, timeout=120, stdout=sys.stderr).returncode


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pipeline_that_is_killed_anywhere_goes_on_and_runs_nothing_twice(
    make_instance: MakeInstance, tmp_path: Path, seed: int
) -> None:
    chance, scratch = Random(seed), tmp_path / "scratch"
    scratch.mkdir()
    moment, when = chance.randint(1, COMMITS), chance.choice(["before", "after"])
    assert run(tmp_path / "state", scratch, moment, when) == -9
    assert run(tmp_path / "state", scratch, 0, when) == 0, f"killed {when} commit {moment}"

    instance = make_instance(start=False)
    told = f"killed {when} commit {moment}"
    assert instance.get("p").status is JobStatus.COMPLETED, told
    steps, trials = steps_of(instance), three_steps.trials_of(instance)
    assert {step: run.status for step, run in steps.items()} == dict.fromkeys(
        ("first", "swept", "last"), JobStatus.COMPLETED
    ), told
    assert [trial.status for trial in trials] == [JobStatus.COMPLETED] * three_steps.TRIALS, told
    completed = Counter((scratch / "completed").read_text().split())
    assert completed == Counter([steps["first"].name, steps["last"].name, *(trial.name for trial in trials)]), told
    assert instance.log(steps["last"].name).split()[-1] == str(three_steps.TRIALS - 1), f"{told}: the best is handed on"
    assert executionlog(instance)[-1].startswith("Finishing experiment"), told
