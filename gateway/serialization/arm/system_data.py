"""System data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.entities.system_data import SystemData


def system_data_from_arm(body: Mapping[str, Any] | None) -> SystemData | None:
    """Who made a resource and when, with aware times."""
    if not body:
        return None
    return SystemData(
        created_by=body.get("createdBy"),
        created_by_type=body.get("createdByType"),
        created_at=_time(body.get("createdAt")),
        last_modified_by=body.get("lastModifiedBy"),
        last_modified_by_type=body.get("lastModifiedByType"),
        last_modified_at=_time(body.get("lastModifiedAt")),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
