"""What may change on a job that exists: by a second PUT, by PATCH, and by the loss of its nodes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.services.context import Emulator
from emulator.services.jobs.body import MUTABLE, READ_ONLY, expand_job
from emulator.services.refusal import Refusal, job_not_found, user_error
from emulator.settings import Settings
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job


def apply_changes(
    conn: sqlite3.Connection, job: Job, properties: Mapping[str, Any], at: float, settings: Settings, *, whole: bool
) -> None:
    """Bring a job to what a body says of it, as far as it may change.

    Tags are merged and never deleted; properties can be added, and no value of theirs can change.

    Parameters:
        properties: of the body.
        at: when, in seconds since the epoch.
        whole: the body is a complete job (PUT) and not only what shall change (PATCH).

    Raises:
        Refusal: something else would change; the text names what.
    """
    # All differences are looked for before anything is written, so that a refused body changes nothing.
    changed = _changed(job, properties, settings, whole=whole)
    if changed:
        raise _immutable(changed)
    known = labels.of(conn, job.id, "property")
    added = {key: value for key, value in _texts(properties.get("properties")).items() if known.get(key) != value}
    fixed = sorted(added.keys() & known.keys())
    if fixed:
        raise _immutable([f"properties.{key}" for key in fixed])
    labels.merge(conn, job.id, "property", added)
    tags = labels.of(conn, job.id, "tag")
    labels.merge(
        conn,
        job.id,
        "tag",
        {key: value for key, value in _texts(properties.get("tags")).items() if tags.get(key) != value},
    )
    name, text, archived = (properties.get(key) for key in ("displayName", "description", "isArchived"))
    before = (job.display_name, job.description, job.archived)
    if any(new is not None and new != old for new, old in zip((name, text, archived), before, strict=True)):
        jobs.update(conn, job.id, at, display_name=name, description=text, archived=archived)


def _changed(job: Job, properties: Mapping[str, Any], settings: Settings, *, whole: bool) -> list[str]:
    """Names of what a body would change and must not."""
    kept = {"experimentName": job.experiment, "jobType": job.type}
    changed = [name for name, value in kept.items() if properties.get(name) not in (None, value)]
    if "jobType" in changed:
        return changed
    before = expand_job(job, job.body, settings)
    after = expand_job(job, properties, settings) if whole else properties
    names = {**before, **after} if whole else after
    fixed = [key for key in names if key not in MUTABLE and key not in kept and key not in READ_ONLY]
    return changed + [key for key in fixed if _bare(before.get(key)) != _bare(after.get(key))]


def _bare(value: Any) -> Any:
    """A value without nulls and empty objects, which clients add and leave out at will."""
    if not isinstance(value, Mapping):
        return value
    bare = {key: _bare(inner) for key, inner in value.items()}
    return {key: inner for key, inner in bare.items() if inner is not None} or None


def _texts(given: Mapping[str, str | None] | None) -> dict[str, str]:
    return {key: value for key, value in (given or {}).items() if value is not None}


def _immutable(names: list[str]) -> Refusal:
    """Text and inner codes: azure-docs issue 122250 and azure-sdk-for-python pull request 47389."""
    return user_error(
        "A job with this name already exists. If you are trying to create a new job, use a different name. If you are "
        f"trying to update an existing job, the existing job's {', '.join(names)} cannot be changed. Only "
        f"{', '.join(MUTABLE[:-1])}, and {MUTABLE[-1]} can be updated.",
        inner=("Immutable", "JobPropertyImmutable"),
    )


def preempt(emulator: Emulator, workspace: WorkspaceId, caller: Caller | None, name: str) -> None:
    """Take away the nodes of a running job, as happens to Spot nodes; its next attempt starts again from Queued.

    Documented: a preempted job is restarted, not resumed.

    Parameters:
        workspace: of the job.
        caller: who asks; a trial may not.
        name: of a sweep, a trial or a command job.

    Raises:
        Refusal: there is no such job, it does not run, or a trial asks.
    """
    if caller is not None and caller.run is not None:
        raise Refusal(403, "AuthorizationFailed", f"The token of run {caller.run} may preempt nothing.")
    job = jobs.find(emulator.store.reader(), workspace, name)
    if job is None:
        raise job_not_found(name)
    if job.status not in (JobStatus.RUNNING, JobStatus.NOT_RESPONDING):
        raise user_error(f"Job {name} cannot be preempted: it is {job.status}, and only a running job has a node.")
    emulator.job_runner.preempt(job.id)
