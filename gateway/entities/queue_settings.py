"""Tier and priority of a job in the queue of its compute."""

from __future__ import annotations

from typing import Any

from gateway.entities.dict_mixin import DictMixin


class QueueSettings(DictMixin):
    """Tier and priority of a job in the queue of its compute.

    Parameters:
        job_tier: `spot`, `basic`, `standard`, `premium` or `null`, in any case.
        priority: `low`, `medium` or `high`, in any case.
    """

    def __init__(self, *, job_tier: str | None = None, priority: str | None = None, **kwargs: Any) -> None:
        self.job_tier = job_tier
        self.priority = priority
