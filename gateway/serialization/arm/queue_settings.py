"""Queue settings: names in entities, `"Spot"` and numbers on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.names import is_binding
from gateway.entities.queue_settings import QueueSettings
from gateway.exceptions import ValidationException, unfit
from gateway.serialization.arm.plain import present

_TIERS = ("null", "spot", "basic", "standard", "premium")
_PRIORITIES = {"low": 1, "medium": 2, "high": 3}
_PRIORITY_NAMES = {number: name for name, number in _PRIORITIES.items()}


def queue_settings_to_arm(settings: QueueSettings | None) -> dict[str, Any] | None:
    """The queue settings as they travel.

    Raises:
        ValidationException: an unknown tier or priority, a binding, or something that is no QueueSettings.
    """
    if not settings:
        return None
    if not isinstance(settings, QueueSettings):
        raise unfit("queue_settings", settings, "QueueSettings(job_tier=...)")
    tier = _checked("job_tier", settings.job_tier, _TIERS)
    priority = _checked("priority", settings.priority, tuple(_PRIORITIES))
    return present(
        {"jobTier": tier.capitalize() if tier else None, "priority": _PRIORITIES[priority] if priority else None}
    )


def queue_settings_from_arm(body: Mapping[str, Any] | None) -> QueueSettings | None:
    """The queue settings of a body, in the entity's spelling."""
    if body is None:
        return None
    tier = str(body.get("jobTier") or "").lower()
    priority = _PRIORITY_NAMES.get(body.get("priority", 0))
    return QueueSettings(job_tier=tier if tier in _TIERS else None, priority=priority)


def sweep_queue_settings_from_arm(body: Mapping[str, Any] | None) -> QueueSettings | None:
    """The same for the job of a sweep, where the official reader keeps the tier as the service spells it."""
    settings = queue_settings_from_arm(body)
    if settings and body:
        settings.job_tier = body.get("jobTier")
    return settings


def _checked(field: str, value: Any, allowed: tuple[str, ...]) -> str | None:
    if not value:
        return None
    if is_binding(value):
        raise ValidationException(f"queue_settings.{field} cannot be a binding such as {value!r}.")
    if not isinstance(value, str) or value.lower() not in allowed:
        raise ValidationException(f"queue_settings.{field} should be one of {', '.join(allowed)}, not {value!r}.")
    return value.lower()
