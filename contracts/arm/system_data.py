"""Who made a resource, and when."""

from __future__ import annotations

from contracts.arm.base import ArmModel


class SystemData(ArmModel):
    """Times are ISO-8601 with seven digits of a second and an offset, as the service writes them."""

    created_at: str | None = None
    created_by: str | None = None
    created_by_type: str | None = None
    last_modified_at: str | None = None
    last_modified_by: str | None = None
    last_modified_by_type: str | None = None
