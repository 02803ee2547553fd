"""Pipelines and their steps in run history.

Recorded: the document of an executed step and of a reused one. That of a pipeline's outputs and of a sweep step is not:
a pipeline's outputs are the assets of the steps that wrote them, a sweep step is a step with a sweep's tags (inferred).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from contracts.lifecycle import ENDED, JobStatus
from contracts.resource_id import WorkspaceId
from emulator.engine.pipeline.inputs import StepRefused
from emulator.runner.pipelines.definition import definition_of
from emulator.runner.pipelines.outputs import pipeline_outputs
from emulator.storage.jobs import Job
from emulator.trials.output_assets import output_reference, output_references

STEP_RUN = "azureml.StepRun"
_EXECUTED = ["azureml.StepRun", "scriptRun", "remote", "AlmostCommonRuntime", "OsType:Linux", "CommonRuntime"]


def outputs_of(conn: sqlite3.Connection, job: Job, *, region: str) -> dict[str, dict[str, str]]:
    """By name, the asset id and type of what a job wrote.

    Parameters:
        region: location of the workspace.
    """
    if not job.has_steps:
        return output_references(job, region=region)
    try:
        found = pipeline_outputs(conn, definition_of(conn, job))
    except StepRefused:
        return {}
    return {name: output_reference(one.writer, one.name, one.output, region=region) for name, one in found.items()}


def step_document(document: Mapping[str, Any], job: Job, root: str, *, reused: Job | None) -> dict[str, Any]:
    """The document of a step, out of that of any run.

    Parameters:
        document: as any run has it.
        job: the step.
        root: name of the outermost pipeline.
        reused: the run that it stands for, if it was not executed.
    """
    own = {
        **document,
        "runNumber": int(job.created),
        "rootRunId": root,
        "runType": STEP_RUN,
        "actionUris": {"Cancel": _cancel_uri(job.workspace, job.name)},
        "inputs": {},
    }
    if reused is not None:
        # Recorded: a step for which a run stands that has not ended is not started, whatever that does.
        waits = {} if job.status in ENDED else {"status": JobStatus.NOT_STARTED}
        return own | {
            "dataContainerId": f"dcid.{reused.name}",
            "runTypeV2": {"orchestrator": None, "traits": [STEP_RUN], "attribution": None, "computeType": None},
            "startTimeUtc": None if waits else document["createdUtc"],
            "compute": None,
            "outputs": None,
            "currentAttemptId": None,
            "statusRevision": 0,
            **waits,
        }
    version = {"orchestrator": "Execution", "traits": _EXECUTED, "attribution": "Aether", "computeType": "AmlcTrain"}
    return own | {"runTypeV2": version}


def _cancel_uri(workspace: WorkspaceId, run: str) -> str:
    scope = (
        f"subscriptions/{workspace.subscription}/resourceGroups/{workspace.resource_group}/workspaces/{workspace.name}"
    )
    return f"/studioservice/apiv2/{scope}/runs/{run}/Cancel"
