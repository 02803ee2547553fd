"""A page of a list."""

from __future__ import annotations

from typing import Any

from contracts.arm.base import ArmModel


class Page(ArmModel):
    """Some items, and the URL of the next page while there is one."""

    value: list[dict[str, Any]]
    next_link: str | None = None
