"""What MLflow's REST API and the workspace's runs have to agree on: numbers, statuses, error codes.

Plain functions without a model class: a trial's logger and the server's busiest routes share them.
Source: MLflow's REST API documentation, and what mlflow-skinny 3 sends.
"""

from __future__ import annotations

import math
from typing import Any

from contracts.lifecycle import ENDED, JobStatus

RESOURCE_DOES_NOT_EXIST = "RESOURCE_DOES_NOT_EXIST"
RESOURCE_ALREADY_EXISTS = "RESOURCE_ALREADY_EXISTS"
INVALID_PARAMETER_VALUE = "INVALID_PARAMETER_VALUE"

_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def number_to_wire(value: float) -> float | str:
    """A metric's value as JSON can carry it: NaN and the infinities become text."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def number_from_wire(value: Any) -> float:
    """A metric's value from JSON, text for NaN and the infinities included.

    Raises:
        ValueError: it is not a number.
    """
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"a metric's value must be a number, not {value!r}")
    return float(value)


def run_status(status: JobStatus) -> str:
    """The MLflow run status (RUNNING, SCHEDULED, FINISHED, FAILED, KILLED) that a job's status is shown as."""
    match status:
        case JobStatus.COMPLETED:
            return "FINISHED"
        case JobStatus.FAILED:
            return "FAILED"
        case JobStatus.CANCELED:
            return "KILLED"
        case JobStatus.RUNNING | JobStatus.FINALIZING | JobStatus.CANCEL_REQUESTED | JobStatus.NOT_RESPONDING:
            return "RUNNING"
        case _:
            return "SCHEDULED"


def job_status(status: str) -> JobStatus:
    """The job status that an MLflow run status asks for.

    Raises:
        ValueError: no such run status.
    """
    for candidate in (JobStatus.RUNNING, JobStatus.QUEUED, *sorted(ENDED)):
        if run_status(candidate) == status:
            return candidate
    raise ValueError(f"unknown run status {status!r}; expected RUNNING, SCHEDULED, FINISHED, FAILED or KILLED")
