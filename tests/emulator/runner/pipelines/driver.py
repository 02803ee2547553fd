"""A process of its own that drives a pipeline, to be killed: `python driver.py STATE_DIR TALLY GO`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from contracts.lifecycle import ENDED, JobStatus
from tests.emulator.runner.conftest import EmulatorInstance
from tests.emulator.runner.pipelines.conftest import put_pipeline
from tests.emulator.runner.pipelines.three_steps import TRIALS, steps, trials_of

DONE = 2


def noted(instance: EmulatorInstance, tally: Path, go: Path) -> dict[str, Any]:
    """The steps; the first trials end at once, the others wait for a file; each run is noted when it begins."""
    note = f"echo $AZUREML_RUN_ID >> {tally}"
    return steps(
        instance,
        f"{note}; echo made > ${{{{outputs.o}}}}/f",
        f"{note}; cat ${{{{inputs.i}}}}/f; echo ${{{{inputs.x}}}} > ${{{{outputs.o}}}}/f; "
        f"[ ${{AZUREML_RUN_ID##*_}} -lt {DONE} ] || until [ -e {go} ]; do sleep 0.05; done",
        f"{note}; cat ${{{{inputs.i}}}}/f",
    )


def has_ended(instance: EmulatorInstance, count: int) -> bool:
    """Whether so many trials are over."""
    return sum(trial.status in ENDED for trial in trials_of(instance)) >= count


def main(state_dir: str, tally: str, go: str) -> None:
    """Bring the pipeline to where some trials have ended and some run, say so, and wait for the end."""
    instance = EmulatorInstance(Path(state_dir), nodes_of=lambda workspace, compute: 2).open()
    instance.job_runner.start()
    put_pipeline(instance, noted(instance, Path(tally), Path(go)))
    for index in range(DONE):
        instance.until(lambda index=index: len(trials_of(instance)) > index)
        instance.metric(trials_of(instance)[index].name, "loss", float(index))
    instance.until(lambda: has_ended(instance, DONE))
    instance.until(lambda: [one.status for one in trials_of(instance)].count(JobStatus.RUNNING) == TRIALS - DONE)
    print("ready", flush=True)
    instance.ended("p")


if __name__ == "__main__":
    main(*sys.argv[1:])
