"""A run in run history's JSON. Keys: recorded answers of the service."""

from __future__ import annotations

import sqlite3
from typing import Any

from contracts.lifecycle import ENDED
from emulator.clock import iso
from emulator.identity.tokens import PRINCIPAL, TENANT
from emulator.job_types import parts_of
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job
from emulator.trials.output_assets import output_references


def run_document(conn: sqlite3.Connection, job: Job, *, region: str) -> dict[str, Any]:
    """All that run history tells of a run.

    Parameters:
        region: location of the workspace.
    """
    parent = None if job.parent is None else jobs.name_of(conn, job.parent)
    user = {"userObjectId": PRINCIPAL, "userTenantId": TENANT, "userName": job.created_by}
    sweep = job.has_trials
    return {
        "runNumber": int(job.id),
        "rootRunId": job.name if job.parent is None else jobs.root_of(conn, job.id),
        "createdUtc": iso(job.created),
        "createdBy": user,
        "userId": PRINCIPAL,
        "token": None,
        "tokenExpiryTimeUtc": None,
        "error": run_error(job),
        "warnings": None,
        "revision": job.revision,
        "statusRevision": job.revision,
        "lastStartTimeUtc": _moment(job.started),
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
            "orchestrator": "HyperDrive" if sweep else None,
            "traits": [],
            "attribution": None,
            "computeType": "AmlCompute",
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
        "primaryMetricName": (job.body.get("objective") or {}).get("primaryMetric"),
        "createdFrom": None,
        "cancelUri": None,
        "completeUri": None,
        "diagnosticsUri": None,
        "computeRequest": {"nodeCount": 1, "gpuCount": 0},
        "compute": {"target": _target(job), "targetType": "amlcompute", "location": region},
        "retainForLifetimeOfWorkspace": False,
        "queueingInfo": None,
        "inputs": None,
        "outputs": output_references(job, region=region),
    }


def run_error(job: Job) -> dict[str, Any] | None:
    """Why a run failed, as the official client prints it."""
    return None if job.error is None else {"error": dict(job.error)}


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
