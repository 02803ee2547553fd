"""The body of a pipeline job; its steps, free objects in the definitions, are read by `contracts.pipelines`."""

from __future__ import annotations

from typing import Any, Literal

from contracts.arm.jobs import JobBase


class PipelineJob(JobBase):
    """`properties` of a pipeline job.

    Parameters:
        jobs: the steps by name, in the client's own form (snake_case); null or empty where `componentId` names a
            pipeline component, which has them.
        settings: `default_compute`, `default_datastore`, `continue_on_step_failure`, `force_rerun` ...
        source_job_id: of the job that this one was made from.
    """

    job_type: Literal["Pipeline"] = "Pipeline"
    jobs: dict[str, dict[str, Any]] | None = None
    settings: dict[str, Any] | None = None
    source_job_id: str | None = None
