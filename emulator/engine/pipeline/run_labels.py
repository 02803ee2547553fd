"""What a pipeline and its steps are labelled with: properties, tags, ids and lines of the log, as recorded. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

_NAMESPACE = uuid.UUID("6c1f6d0e-9d0d-4d0b-9f4e-0f5c8f5d9a10")
_STAGES = "azureml.pipelines.stages"


@lru_cache(maxsize=4096)
def step_run_id(pipeline: str, created: float, step: str) -> str:
    """The name of a step's run: a GUID, the same whenever it is asked for, so that a restart finds it again.

    Parameters:
        pipeline: guid of the workspace and name of the pipeline.
        created: when that was made; another pipeline of its name has other steps.
        step: name of the step.
    """
    # `!r` keeps every digit of the time: a pipeline that is deleted and made again within a second has other steps.
    return str(uuid.uuid5(_NAMESPACE, f"{pipeline} {created!r} {step}"))


@lru_cache(maxsize=4096)
def node_id(pipeline: str, created: float, step: str) -> str:
    """The id of a step in the graph: eight hexadecimal digits."""
    return uuid.uuid5(_NAMESPACE, f"{pipeline} {created!r} {step} node").hex[:8]


def pipeline_properties(
    body: Mapping[str, Any], *, compute: str | None, datastore: str | None, component: str | None
) -> dict[str, str]:
    """The properties of a new pipeline, in the recorded order.

    Parameters:
        body: `properties` of its ARM body.
        compute, datastore: short names of its defaults.
        component: id of the pipeline component that it is, if it is one.
    """
    settings = body.get("settings") or {}
    literals = {
        name: str(value.get("value"))
        for name, value in (body.get("inputs") or {}).items()
        if isinstance(value, Mapping) and value.get("jobInputType") == "literal"
    }
    return {
        **({"azureml.SourceComponentId": component} if component else {}),
        "azureml.DevPlatv2": "true",
        "azureml.DatasetAccessMode": "Asset",
        "azureml.runsource": "azureml.PipelineRun",
        "runSource": "MFE",
        "runType": "HTTP",
        "azureml.parameters": json.dumps(literals, separators=(",", ":")),
        "azureml.continue_on_step_failure": str(goes_on(settings)),
        "azureml.continue_on_failed_optional_input": "True",
        "azureml.enforceRerun": str(is_rerun_forced(settings)),
        **({"azureml.defaultComputeName": compute} if compute else {}),
        **({"azureml.defaultDataStoreName": datastore} if datastore else {}),
        "azureml.pipelineComponent": "pipelinerun",
    }


def step_properties(
    *, node: str, pipeline: str, component: str, component_name: str, version: str, snapshot: str | None
) -> dict[str, str]:
    """The properties of a step's run, in the order in which an executed one had them.

    Parameters:
        node: its id in the graph.
        pipeline: name of the pipeline around it.
        component: guid of its component.
        component_name, version: of its component.
        snapshot: guid of its code, if it has some.
    """
    return {
        "azureml.DevPlatv2": "true",
        **({"ContentSnapshotId": snapshot} if snapshot else {}),
        "StepType": "PythonScriptStep",
        "ComputeTargetType": "AmlCompute",
        "azureml.moduleid": component,
        "azureml.moduleName": component_name,
        "azureml.moduleVersion": version,
        "azureml.runsource": "azureml.StepRun",
        "azureml.nodeid": node,
        "azureml.pipelinerunid": pipeline,
        "azureml.pipeline": pipeline,
        "azureml.pipelineComponent": "masterescloud",
        "_azureml.ComputeTargetType": "amlctrain",
    }


def step_tags(*, node: str, pipeline: str) -> dict[str, str]:
    """The tags of a step's run."""
    return {"azureml.nodeid": node, "azureml.pipeline": pipeline}


def stages(started: float | None, ended: float, *, succeeded: bool) -> dict[str, str]:
    """The property that tells when a pipeline that has ended ran."""
    execution = {
        "StartTime": None if started is None else _moment(started),
        "EndTime": _moment(ended),
        "Status": "Finished" if succeeded else "Failed",
    }
    return {_STAGES: json.dumps({"Initialization": None, "Execution": execution}, separators=(",", ":"))}


def goes_on(settings: Mapping[str, Any]) -> bool:
    """`continue_on_step_failure`; documented default: true."""
    return _flag(settings.get("continue_on_step_failure"), default=True)


def is_rerun_forced(settings: Mapping[str, Any]) -> bool:
    """`force_rerun`; documented default: false."""
    return _flag(settings.get("force_rerun"), default=False)


def submitting_line(at: float, runs: Sequence[tuple[str, str]]) -> str:
    """The line for steps that are submitted together.

    Parameters:
        at: seconds since the epoch.
        runs: (id of the node, name of the run).
    """
    named = ",".join(f"{node}:{run}" for node, run in runs[:5])
    return line(at, f"Submitting {len(runs)} runs, first five are: {named}")


def line(at: float, text: str) -> str:
    """A line of the log of a pipeline.

    >>> line(0.0, "Finishing experiment: no runs left and nothing to schedule.")
    '[1970-01-01 00:00:00Z] Finishing experiment: no runs left and nothing to schedule.\\n'
    """
    return f"[{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%SZ}] {text}\n"


def failure_message(paths: Sequence[str]) -> str:
    """The message of a pipeline with failed steps, as users have quoted the service's."""
    named = ", ".join(f"/{path}" for path in paths)
    return (
        f"Pipeline has failed child jobs. Failed nodes: {named}. For more details and logs, please go to the job "
        "detail page and check the child jobs."
    )


def _flag(value: Any, *, default: bool) -> bool:
    return default if value is None else str(value).lower() == "true"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
