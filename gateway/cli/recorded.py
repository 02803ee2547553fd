"""A job that was submitted once, taken for submitting it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gateway.connection import Connection

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.sweep_job import SweepJob


def recorded_job(connection: Connection, name: str) -> SweepJob | Command:
    """A submitted job as it could be submitted again: without its name, and without what the service wrote on it.

    Parameters:
        connection: the way to it.
        name: its name.
    """
    from gateway.operations import jobs
    from gateway.translate import from_arm

    job = cast("SweepJob | Command", from_arm(connection.run(jobs.get(connection.workspace, name))))
    job._id, job.name, job.display_name = None, None, f"{name} again"
    job.properties, job.tags = {}, {key: text for key, text in job.tags.items() if not key.startswith("_aml_system_")}
    return job
