"""The submission body as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from contracts.api_version import DEFAULT_API_VERSION
from gateway.entities.job import Job
from gateway.serialization.arm.submission import submission


def arm(job: Job, *, folder: Path, api_version: str = DEFAULT_API_VERSION) -> str:
    """The body with which the job is submitted, ids as they were given.

    Parameters:
        job: the job; not changed.
        folder: the current folder, after which a job without an experiment is called.
        api_version: the version it is to be sent with.
    """
    return json.dumps(submission(job, folder=folder, api_version=api_version).body, indent=2) + "\n"
