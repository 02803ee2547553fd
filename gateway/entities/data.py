"""Data assets."""

from __future__ import annotations

from os import PathLike, fspath
from typing import Any

from gateway.constants import AssetTypes
from gateway.entities.asset import Asset


class Data(Asset):
    """A named, versioned file or folder.

    Parameters:
        name, version, description, tags, properties: as in Asset.
        path: a local path, or the URI where it lies.
        type: `uri_file`, `uri_folder` or `mltable`.
        datastore: the datastore that a local path is uploaded to (keyword argument).
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        path: str | PathLike[str] | None = None,
        type: str = AssetTypes.URI_FOLDER,  # noqa: A002
        **kwargs: Any,
    ) -> None:
        self.datastore: str | None = kwargs.pop("datastore", None)
        super().__init__(name, version, description, tags, properties, **kwargs)
        self.type = type
        self.path = None if path is None else fspath(path)
