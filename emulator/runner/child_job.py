"""The job that each trial of a sweep is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from contracts.job_types import COMMAND
from emulator.storage.jobs import Job, NewJob
from emulator.trials.outputs import outputs_of_trial

_OF_THE_SWEEP = ("computeId", "identity", "inputs", "outputs", "queueSettings", "resources")


def child_job(
    sweep: Job, index: int, parameters: Mapping[str, Any], at: float, *, has_own_outputs: bool = True
) -> NewJob:
    """A trial as a command job with a parent.

    The tag `hyperparameters` is emulator-defined; the service's own record of them is a tag of the sweep.

    Parameters:
        sweep: its parent.
        index: number of the trial.
        parameters: its values.
        at: when it is made, seconds since the epoch.
        has_own_outputs: whether each trial has a place of its own also for outputs whose path is the same for all.
    """
    name, trial, limits = f"{sweep.name}_{index}", sweep.body["trial"], sweep.body.get("limits") or {}
    body = {key: sweep.body[key] for key in _OF_THE_SWEEP if key in sweep.body} | dict(trial)
    if body.get("outputs"):
        body["outputs"] = outputs_of_trial(body["outputs"], name, is_own=has_own_outputs)
    if limits.get("trialTimeout"):
        body["limits"] = {"timeout": limits["trialTimeout"], "jobLimitsType": COMMAND.name}
    return NewJob(
        workspace=sweep.workspace,
        name=name,
        type=COMMAND.name,
        experiment=sweep.experiment,
        body=body | {"parameters": dict(parameters)},
        created=at,
        created_by=sweep.created_by,
        display_name=name,
        tags={"hyperparameters": parameters_text(parameters)},
        parent=sweep.id,
        trial=index,
        parameters=parameters,
        choices=sweep.choices,
    )


def parameters_text(parameters: Mapping[str, Any]) -> str:
    """The parameters of a trial as the text of a tag."""
    return orjson.dumps(parameters).decode()


def best_properties(child: str, value: float) -> dict[str, str]:
    """What the service writes on a sweep about its best trial.

    Parameters:
        child: name of the trial.
        value: the best value of the primary metric that it logged.
    """
    return {
        "score": repr(float(value)),
        "best_child_run_id": child,
        "best_metric_status": "Succeeded",
        "best_data_container_id": f"dcid.{child}",
    }
