"""The job's file, normalised: full spellings, sorted fields, absolute paths."""

from __future__ import annotations

import io

from gateway.entities.job import Job
from gateway.serialization.yaml import dump


def yaml(job: Job) -> str:
    """What `job.dump` writes."""
    stream = io.StringIO()
    dump(job, stream)
    return stream.getvalue()
