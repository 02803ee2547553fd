"""Assets of a workspace: what all have in common, and data."""

from __future__ import annotations

from os import PathLike, fspath
from typing import IO, Any

from gateway import _late as late
from gateway.constants import AssetTypes
from gateway.entities.resource import Resource
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException


class Asset(Resource):
    """Something with a name and a version in a workspace; anonymous when it has neither.

    Parameters:
        name, description, tags, properties: as in Resource.
        version: its version, a string.

    Raises:
        ValidationException: a version without a name, or one that is not a string.
    """

    def __init__(
        self,
        name: str | None = None,
        version: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self._is_anonymous: bool = kwargs.pop("is_anonymous", False)
        if not name and version is None:
            import uuid

            name, version, self._is_anonymous = str(uuid.uuid4()), "1", True
        elif version is not None and not name:
            raise ValidationException(
                f"Version {version!r} is given without a name; give the asset a name too.",
                target=ErrorTarget.ASSET,
                error_type=ValidationErrorType.MISSING_FIELD,
            )
        super().__init__(name, description, tags, properties, **kwargs)
        self.version = version
        self.latest_version: str | None = None

    @property
    def version(self) -> str | None:
        """Its version."""
        return self._version

    @version.setter
    def version(self, value: str | None) -> None:
        if value and not isinstance(value, str):
            raise ValidationException(
                f"The version of an asset is a string, not {value!r}: write {str(value)!r}.", target=ErrorTarget.ASSET
            )
        self._version = value

    _SHOWN = ("name", "version", "type", "path", "description")

    def _repr_html_(self) -> str:
        """The asset as a small table, for notebooks."""
        from gateway.entities.html import html_table

        row = {"Name": self.name, "Version": self.version, "Type": getattr(self, "type", None)}
        return html_table([{**row, "Path": getattr(self, "path", None), "Description": self.description}])

    def dump(self, dest: str | PathLike[str] | IO[Any], **kwargs: Any) -> None:
        """Write the asset as YAML; see Job.dump."""
        late.dump(self, dest, **kwargs)


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
