"""A process of its own that drives a pipeline, to be killed: `python driver.py STATE_DIR TALLY GO`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from contracts.lifecycle import ENDED, JobStatus
from emulator.storage import jobs
from emulator.storage.jobs import Job
from tests.emulator.runner.conftest import EmulatorInstance
from tests.emulator.runner.pipelines.conftest import FOLDER, command_step, component, put_pipeline, steps_of

TRIALS, DONE = 4, 2


def steps(instance: EmulatorInstance, tally: Path, go: Path) -> dict[str, Any]:
    """Prepare, sweep, evaluate; the first trials end at once, the others wait for a file; each run is noted."""
    note = f"echo $AZUREML_RUN_ID >> {tally}"
    first = command_step(instance, f"{note}; echo made > ${{{{outputs.o}}}}/f", outputs={"o": FOLDER})
    spec = {
        "command": f"{note}; cat ${{{{inputs.i}}}}/f; echo ${{{{inputs.x}}}} > ${{{{outputs.o}}}}/f; "
        f"[ ${{AZUREML_RUN_ID##*_}} -lt {DONE} ] || until [ -e {go} ]; do sleep 0.05; done",
        "environment": "azureml:env:1",
        "inputs": {"i": FOLDER, "x": {"type": "integer"}},
        "outputs": {"o": FOLDER},
    }
    swept = {
        "type": "sweep",
        "trial": {"componentId": component(instance, spec)},
        "search_space": {"x": {"type": "choice", "values": list(range(TRIALS))}},
        "sampling_algorithm": "grid",
        "objective": {"goal": "maximize", "primary_metric": "loss"},
        "limits": {"max_total_trials": TRIALS, "max_concurrent_trials": 2},
        "inputs": {"i": {"value": "${{parent.jobs.first.outputs.o}}", "job_input_type": "literal"}},
    }
    last = command_step(
        instance,
        f"{note}; cat ${{{{inputs.i}}}}/f",
        ports={"i": FOLDER},
        inputs={"i": {"value": "${{parent.jobs.swept.outputs.o}}", "job_input_type": "literal"}},
    )
    return {"first": first, "swept": swept, "last": last}


def trials_of(instance: EmulatorInstance) -> list[Job]:
    """The trials of the sweep step."""
    swept = steps_of(instance).get("swept")
    return [] if swept is None else jobs.children(instance.store.reader(), swept.id)


def has_ended(instance: EmulatorInstance, count: int) -> bool:
    """Whether so many trials are over."""
    return sum(trial.status in ENDED for trial in trials_of(instance)) >= count


def main(state_dir: str, tally: str, go: str) -> None:
    """Bring the pipeline to where some trials have ended and some run, say so, and wait for the end."""
    instance = EmulatorInstance(Path(state_dir), nodes_of=lambda workspace, compute: 2).open()
    instance.job_runner.start()
    put_pipeline(instance, steps(instance, Path(tally), Path(go)))
    for index in range(DONE):
        instance.until(lambda index=index: len(trials_of(instance)) > index)
        instance.metric(trials_of(instance)[index].name, "loss", float(index))
    instance.until(lambda: has_ended(instance, DONE))
    instance.until(lambda: [one.status for one in trials_of(instance)].count(JobStatus.RUNNING) == TRIALS - DONE)
    print("ready", flush=True)
    instance.ended("p")


if __name__ == "__main__":
    main(*sys.argv[1:])
