"""The envelope around a job's properties."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel
from contracts.arm.command import CommandJob
from contracts.arm.sweep import SweepJob
from contracts.arm.system_data import SystemData

JobProperties: TypeAlias = Annotated[SweepJob | CommandJob, Field(discriminator="job_type")]


class JobResource(ArmModel):
    """A job as it is PUT (`properties` alone) and as it is answered."""

    properties: JobProperties
    id: str | None = None
    name: str | None = None
    type: str | None = None
    system_data: SystemData | None = None
