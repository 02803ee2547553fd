"""A job of a kind that has no class of its own here: child runs as run history lists them."""

from __future__ import annotations

from typing import Any

from gateway.constants import JobType
from gateway.entities.job import Job


class BaseJob(Job):
    """A job of which only the common part is known; parameters as in Job."""

    _type = JobType.BASE

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("type", None)
        super().__init__(**kwargs)
