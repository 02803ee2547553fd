"""The sections of a project file."""

from __future__ import annotations

from enum import StrEnum


class Section(StrEnum):
    """The parts of a project file that can be closed by `strict`."""

    WORKSPACES = "workspaces"
    COMPUTES = "computes"
    ENVIRONMENTS = "environments"
    DATA = "data"
    DATASTORES = "datastores"
    MODELS = "models"
