"""Steps for which the run of an equal step stands, so that they are not run."""

from __future__ import annotations

import sqlite3

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.storage import events, jobs, labels, meta, metrics
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of
from emulator.trials.step_identity import reuse_name

#: The property of a step that names the run that stands for it (recorded).
REUSED = "azureml.reusedrunid"
_LABELS = (
    *("azureml.isreused", REUSED, "azureml.reusednodeid"),
    *("azureml.reusedpipeline", "azureml.reusedpipelinerunid"),
)


def equal_run(conn: sqlite3.Connection, step: Job, key: str) -> Job | None:
    """The run of an equal step that completed; None where there is none any more.

    Parameters:
        conn: for reading.
        step: about to begin.
        key: of it.
    """
    name = meta.get(conn, reuse_name(step.workspace, key))
    found = jobs.find(conn, step.workspace, name.decode()) if name else None
    return found if found is not None and found.status is JobStatus.COMPLETED else None


def remember(conn: sqlite3.Connection, step: Job, key: str) -> None:
    """Keep that a step with this key has completed; the latest stands for later ones."""
    meta.put(conn, reuse_name(step.workspace, key), step.name.encode())


def original_of(conn: sqlite3.Connection, workspace: WorkspaceId, run: str) -> str:
    """The run whose files are those of a run: the one that stands for it, or itself."""
    job = jobs.id_of(conn, guid_of(workspace), run)
    return run if job is None else labels.of(conn, job, "property").get(REUSED, run)


def stand_for(conn: sqlite3.Connection, step: Job, original: Job) -> None:
    """Note which run stands for a step; it may not have ended yet. Source of the properties: recorded.

    Parameters:
        conn: for writing.
    """
    own = labels.of(conn, original.id, "property")
    pipeline = "" if original.parent is None else jobs.name_of(conn, original.parent)
    labels.merge(
        conn,
        step.id,
        "property",
        {
            "azureml.isreused": "true",
            REUSED: original.name,
            "azureml.reusednodeid": own.get("azureml.nodeid", ""),
            "azureml.reusedpipeline": pipeline,
            "azureml.reusedpipelinerunid": pipeline,
        },
    )


def run_after_all(conn: sqlite3.Connection, step: Job) -> None:
    """Take back that another run stands for a step: that run did not complete."""
    labels.remove(conn, step.id, "property", _LABELS)


def reuse(conn: sqlite3.Connection, step: Job, original: Job, at: float) -> None:
    """End a step for which another run stands, which has completed.

    Parameters:
        at: when, in seconds since the epoch.
    """
    # Copied, not referred to: the original may be deleted, and a client reads the metrics of the step that it asked
    # for.
    for series in metrics.of(conn, original.id):
        metrics.append(
            conn, step.id, [(series.key, point) for _, point in metrics.history(conn, original.id, series.key)]
        )
    cause = f"run {original.name} of an equal step stands for it"
    events.move(conn, step.id, JobStatus.FINALIZING, at, cause)
    events.move(conn, step.id, JobStatus.COMPLETED, at, cause)
