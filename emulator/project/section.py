"""The sections of a world file."""

from __future__ import annotations

from enum import StrEnum


class Section(StrEnum):
    """The parts of a world that can be closed by `strict`."""

    WORKSPACES = "workspaces"
    COMPUTES = "computes"
    ENVIRONMENTS = "environments"
    DATA = "data"
    DATASTORES = "datastores"
    MODELS = "models"
