"""The body that names a snapshot."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Named(BaseModel):
    """Which snapshot is meant.

    Parameters:
        name: letters, digits, dots, dashes and underscores, at most 64.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
