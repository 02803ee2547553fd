"""What sweep and command jobs have in common."""

from __future__ import annotations

from typing import Any

from contracts.arm.base import ArmModel
from contracts.arm.identity import IdentityConfiguration
from contracts.arm.inputs import JobInput
from contracts.arm.outputs import JobOutput
from contracts.arm.queue_settings import QueueSettings
from contracts.arm.resources import JobResourceConfiguration
from contracts.arm.services import JobService
from contracts.lifecycle import JobStatus


class JobBase(ArmModel):
    """The properties that every job has."""

    display_name: str | None = None
    description: str | None = None
    experiment_name: str | None = None
    tags: dict[str, str | None] | None = None
    properties: dict[str, str | None] | None = None
    is_archived: bool | None = None
    compute_id: str | None = None
    component_id: str | None = None
    identity: IdentityConfiguration | None = None
    inputs: dict[str, JobInput] | None = None
    outputs: dict[str, JobOutput] | None = None
    queue_settings: QueueSettings | None = None
    resources: JobResourceConfiguration | None = None
    services: dict[str, JobService | None] | None = None
    notification_setting: dict[str, Any] | None = None
    status: JobStatus | str | None = None
