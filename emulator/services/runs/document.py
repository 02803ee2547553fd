"""A run in run history's JSON. Keys: recorded answers of the service."""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

from contracts.lifecycle import ENDED
from emulator.clock import iso
from emulator.identity.tokens import PRINCIPAL, TENANT
from emulator.job_types import parts_of
from emulator.runner.reuse import REUSED
from emulator.services.runs.pipelines import outputs_of, step_document
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of

#: What a run that was executed is (recorded for steps of pipelines, whose own trait is `azureml.StepRun`).
_EXECUTED = ("scriptRun", "remote", "AlmostCommonRuntime", "OsType:Linux", "CommonRuntime")


@dataclass(frozen=True, slots=True)
class RunShown:
    """How runs are shown.

    Parameters:
        region: location of the workspace.
        own_labels: whether errors tell what the emulator alone knows: exit code, signal, last lines of the log.
    """

    region: str
    own_labels: bool = True


def run_document(conn: sqlite3.Connection, job: Job, shown: RunShown) -> dict[str, Any]:
    """All that run history tells of a run."""
    parent = None if job.parent is None else jobs.name_of(conn, job.parent)
    user, sweep = _user(job.created_by), job.has_trials
    space = uuid.UUID(guid_of(job.workspace))
    uuids = {name: str(uuid.uuid5(space, name)) for name in (job.name, parent) if name}
    root = job.name if job.parent is None else jobs.root_of(conn, job.id)
    document: dict[str, Any] = {
        "runNumber": int(job.created),
        "rootRunId": root,
        "createdUtc": iso(job.created),
        "createdBy": user,
        "userId": PRINCIPAL,
        "token": None,
        "tokenExpiryTimeUtc": None,
        "error": run_error(job, shown),
        "warnings": None,
        "revision": job.revision,
        "statusRevision": job.revision,
        "runUuid": uuids[job.name],
        "parentRunUuid": uuids[parent] if parent else None,
        "rootRunUuid": uuids[parent or job.name],
        "lastStartTimeUtc": None,
        "currentComputeTime": None if job.status in ENDED else _duration(job.started, job.modified),
        "computeDuration": _duration(job.started, job.ended),
        "effectiveStartTimeUtc": None,
        "lastModifiedBy": user,
        "lastModifiedUtc": iso(job.modified),
        "duration": _duration(job.created, job.ended),
        "cancelationReason": None,
        "currentAttemptId": 1,
        "runId": job.name,
        "parentRunId": parent,
        "experimentId": job.experiment_id,
        "status": job.status,
        "startTimeUtc": _moment(job.started),
        "endTimeUtc": _moment(job.ended),
        "scheduleId": None,
        "displayName": job.display_name or job.name,
        "name": None,
        "dataContainerId": f"dcid.{job.name}",
        "description": job.description,
        "hidden": job.archived,
        "runType": parts_of(job.type).run_type,
        "runTypeV2": {
            "orchestrator": "HyperDrive" if sweep else "Execution",
            "traits": [parts_of(job.type).run_type, *(() if sweep else _EXECUTED)],
            "attribution": "HyperDrive" if parent else None,
            "computeType": None if sweep else "AmlcTrain",
        },
        "properties": labels.of(conn, job.id, "property"),
        "parameters": labels.of(conn, job.id, "param"),
        "actionUris": {},
        "scriptName": None,
        "target": _target(job),
        "uniqueChildRunComputeTargets": [],
        "tags": labels.of(conn, job.id, "tag"),
        "settings": {},
        "services": {},
        "inputDatasets": [],
        "outputDatasets": [],
        "runDefinition": None,
        "jobSpecification": None,
        "primaryMetricName": None,
        "createdFrom": None,
        "cancelUri": None,
        "completeUri": None,
        "diagnosticsUri": None,
        # Recorded: a run that only steers others computes nothing itself.
        "computeRequest": None if job.has_children else {"nodeCount": 1, "gpuCount": 0},
        "compute": None if job.has_children else _compute(job),
        "retainForLifetimeOfWorkspace": False,
        "queueingInfo": None,
        "inputs": None,
        "outputs": outputs_of(conn, job, region=shown.region) or None,
    }
    if not job.is_step:
        return document
    reused = labels.of(conn, job.id, "property").get(REUSED)
    return step_document(document, job, root, reused=jobs.find(conn, job.workspace, reused) if reused else None)


def run_error(job: Job, shown: RunShown) -> dict[str, Any] | None:
    """Why a run failed, as the official client prints it; what the emulator alone knows is additional information."""
    if job.error is None:
        return None
    own = {key: value for key, value in job.error.items() if key not in ("code", "message")}
    return {
        "error": {
            "code": job.error.get("code"),
            "severity": None,
            "message": job.error.get("message") or "",
            "messageFormat": None,
            "messageParameters": {},
            "referenceCode": None,
            "detailsUri": None,
            "target": None,
            "details": [],
            "innerError": None,
            "debugInfo": None,
            "additionalInfo": [{"type": "amlet", "info": own}] if own and shown.own_labels else None,
        },
        "correlation": None,
        "environment": shown.region,
        "location": shown.region,
        "time": iso(job.ended if job.ended is not None else job.modified),
        "componentName": "CommonRuntime",
    }


def _user(name: str) -> dict[str, str | None]:
    return {
        "userObjectId": PRINCIPAL,
        "userPuId": None,
        "userIdp": None,
        "userAltSecId": None,
        "userIss": None,
        "userTenantId": TENANT,
        "userName": name,
        "upn": None,
        "clientApplicationId": None,
        "applicationACR": None,
    }


def _compute(job: Job) -> dict[str, Any]:
    return {
        "target": _target(job) or "serverless",
        "targetType": "amlcompute",
        "vmSize": None,
        "instanceType": None,
        "instanceCount": 1,
        "gpuCount": 0,
        "priority": None,
        "region": None,
        "armId": None,
        "properties": None,
    }


def _target(job: Job) -> str | None:
    compute = job.body.get("computeId")
    return str(compute).rsplit("/", 1)[-1] if compute else None


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)


def _duration(begin: float | None, end: float | None) -> str | None:
    """`hh:mm:ss.fffffff`, as recorded."""
    if begin is None or end is None:
        return None
    micros = round((end - begin) * 1_000_000)
    minutes, rest = divmod(micros, 60_000_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1_000_000:02d}.{rest % 1_000_000:06d}0"
