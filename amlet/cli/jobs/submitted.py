"""A job that was submitted once, taken for submitting it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gateway.client.connection import Connection

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.sweep_job import SweepJob

#: Properties and services that the service adds to a job. Source: public recordings of jobs and logs of their runs.
_PROPERTIES = frozenset(
    {
        *("best_child_run_id", "best_data_container_id", "best_metric_status", "ContentSnapshotId", "platform"),
        *("primary_metric_config", "resume_from", "runTemplate", "score", "space_size", "user_agent"),
    }
)
_PREFIXES = ("_azureml.", "azureml.", "amlet.", "mlflow.source.")
_SERVICES = frozenset({"Studio", "Tracking"})


def submitted_job(connection: Connection, name: str) -> SweepJob | Command:
    """A submitted job as it was, without what the service wrote on it.

    Parameters:
        connection: to the workspace.
        name: its name.
    """
    from gateway.operations import jobs
    from gateway.serialization.arm import from_arm

    job = cast("SweepJob | Command", from_arm(connection.run(jobs.get(connection.workspace, name))))
    job._id = job._status = job._creation_context = None
    job.tags = {key: text for key, text in job.tags.items() if not key.startswith("_aml_system_")}
    job.properties = {
        key: text for key, text in job.properties.items() if key not in _PROPERTIES and not key.startswith(_PREFIXES)
    }
    job.services = {key: service for key, service in (job.services or {}).items() if key not in _SERVICES} or None
    return job


def recorded_job(connection: Connection, name: str) -> SweepJob | Command:
    """A submitted job as it could be submitted again: like `submitted_job`, without its name; parameters as there."""
    job = submitted_job(connection, name)
    job.name, job.display_name = None, f"{name} again"
    return job
