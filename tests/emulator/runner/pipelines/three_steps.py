"""The pipeline of the recovery tests: prepare, sweep, evaluate."""

from __future__ import annotations

from typing import Any

from emulator.storage import jobs
from emulator.storage.jobs import Job
from tests.emulator.runner.conftest import EmulatorInstance
from tests.emulator.runner.pipelines.conftest import FOLDER, command_step, component, steps_of

#: Of the sweep step, two at once.
TRIALS = 4


def steps(instance: EmulatorInstance, first: str, trial: str, last: str) -> dict[str, Any]:
    """Three steps, each of which needs the output `o` of the one before as its input `i`.

    Parameters:
        first, trial, last: their commands; the trial also has the hyperparameter `x`.
    """
    spec = {
        "command": trial,
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
        "inputs": _output_of("first"),
    }
    return {
        "first": command_step(instance, first, outputs={"o": FOLDER}),
        "swept": swept,
        "last": command_step(instance, last, ports={"i": FOLDER}, inputs=_output_of("swept")),
    }


def trials_of(instance: EmulatorInstance) -> list[Job]:
    """The trials of the sweep step."""
    swept = steps_of(instance).get("swept")
    return [] if swept is None else jobs.children(instance.store.reader(), swept.id)


def _output_of(step: str) -> dict[str, Any]:
    return {"i": {"value": f"${{{{parent.jobs.{step}.outputs.o}}}}", "job_input_type": "literal"}}
