"""Who made a resource, and when."""

from __future__ import annotations

from datetime import datetime


class SystemData:
    """Who made and last changed a resource, and when.

    Parameters:
        created_by, created_by_type, created_at: the making.
        last_modified_by, last_modified_by_type, last_modified_at: the last change.
    """

    def __init__(
        self,
        *,
        created_by: str | None = None,
        created_by_type: str | None = None,
        created_at: datetime | None = None,
        last_modified_by: str | None = None,
        last_modified_by_type: str | None = None,
        last_modified_at: datetime | None = None,
    ) -> None:
        self.created_by = created_by
        self.created_by_type = created_by_type
        self.created_at = created_at
        self.last_modified_by = last_modified_by
        self.last_modified_by_type = last_modified_by_type
        self.last_modified_at = last_modified_at

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, SystemData) else NotImplemented

    def __repr__(self) -> str:
        return f"SystemData({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
