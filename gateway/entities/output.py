"""Outputs of jobs and components."""

from __future__ import annotations

import re
from typing import Any

from gateway.constants import AssetTypes
from gateway.entities.dict_mixin import DictMixin
from gateway.exceptions import UserErrorException

_NAME = re.compile(r"^[A-Za-z0-9_-]{0,255}$")


class Output(DictMixin):
    """An output of a job or a component.

    Parameters:
        type: asset type: `uri_file`, `uri_folder`, `mltable`, `mlflow_model`, `custom_model`, `triton_model`.
        path: where it goes in a datastore; the default store when left out.
        mode: how it leaves the trial: `rw_mount`, `upload`, `direct`.
        description: what it is.
        name, version: registers the output as an asset of that name (keyword arguments).
        path_on_compute: where it appears on the compute (keyword argument).

    Raises:
        UserErrorException: a name with other characters than letters, digits, dashes and underscores, or a version
            without a name.
    """

    def __init__(
        self,
        *,
        type: str | None = AssetTypes.URI_FOLDER,  # noqa: A002
        path: str | None = None,
        mode: str | None = None,
        description: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.type = type
        self.name: str | None = kwargs.pop("name", None)
        self.version: str | None = kwargs.pop("version", None)
        self.description = description
        self.path = path
        self.path_on_compute: str | None = kwargs.pop("path_on_compute", None)
        self.mode = mode
        self.early_available: bool | None = kwargs.pop("early_available", None)
        if self.name and not (isinstance(self.name, str) and _NAME.match(self.name)):
            raise UserErrorException(
                f"The output name {self.name} can only contain letters, digits, dashes and underscores, "
                "with a limit of 255 characters."
            )
        if self.version and not self.name:
            raise UserErrorException(f"Output name is required when an output version ({self.version}) is given.")

    def copy(self) -> Output:
        """An output with the same parameters."""
        return Output(**{name: value for name, value in self.items() if value is not None})
