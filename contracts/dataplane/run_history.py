"""Run history: a run, its details with log files, and a page of its children.

Keys as recorded answers of the service have them; the official client reads the ones that are named here.
"""

from __future__ import annotations

from typing import Any

from contracts.arm.base import ArmModel


class Run(ArmModel):
    """One run: a job seen from the data plane."""

    run_id: str
    status: str
    parent_run_id: str | None = None
    root_run_id: str | None = None
    experiment_id: str | None = None
    display_name: str | None = None
    description: str | None = None
    created_utc: str | None = None
    start_time_utc: str | None = None
    end_time_utc: str | None = None
    hidden: bool | None = None
    run_type: str | None = None
    tags: dict[str, str] | None = None
    properties: dict[str, str] | None = None
    error: dict[str, Any] | None = None


class RunDetails(ArmModel):
    """What a stream polls: status, error, warnings, and the URL of every log file by its name."""

    run_id: str
    status: str
    log_files: dict[str, str] | None = None
    warnings: list[dict[str, Any]] | None = None
    error: dict[str, Any] | None = None


class RunPage(ArmModel):
    """Some runs, and where to go on."""

    value: list[Run]
    continuation_token: str | None = None
    next_link: str | None = None
