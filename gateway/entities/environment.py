"""Environments: the software that a command runs with."""

from __future__ import annotations

import hashlib
import os
from functools import reduce
from os import PathLike
from pathlib import Path
from typing import Any

from gateway.entities.assets import Asset
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException

#: Name of every environment that is defined within a job.
ANONYMOUS_ENVIRONMENT = "CliV2AnonymousEnvironment"


class BuildContext:
    """A folder that an image is built from.

    Parameters:
        dockerfile_path: the Dockerfile in the folder; `Dockerfile` when left out.
        path: the folder, or a URL.
    """

    def __init__(self, *, dockerfile_path: str | None = None, path: str | PathLike[str] | None = None) -> None:
        self.dockerfile_path = dockerfile_path
        self.path = path

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, BuildContext) else NotImplemented

    def __repr__(self) -> str:
        return f"BuildContext(path={self.path!r}, dockerfile_path={self.dockerfile_path!r})"


class Environment(Asset):
    """The software that a command runs with: an image, conda packages on an image, or a build context.

    Parameters:
        name, version, description, tags, properties: as in Asset; without name and version it is anonymous.
        image: the docker image.
        build: the folder to build the image from.
        conda_file: conda packages, as a dict or as path of a YAML file.
        datastore: datastore that a build context is uploaded to.
        inference_config, os_type: what deployments need (keyword arguments).

    Raises:
        ValidationException: the conda file cannot be read, or the folder of the build context does not exist.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        description: str | None = None,
        image: str | None = None,
        build: BuildContext | None = None,
        conda_file: str | PathLike[str] | dict[str, Any] | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        datastore: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.inference_config: dict[str, Any] | None = kwargs.pop("inference_config", None)
        self.os_type: str | None = kwargs.pop("os_type", None)
        super().__init__(name, version, description, tags, properties, **kwargs)
        self.image = image
        self.build = build
        self.datastore = datastore
        self.conda_file = conda_file
        if self._is_anonymous and (digest := self._content_digest()):
            self.name, self.version = ANONYMOUS_ENVIRONMENT, _sha256(digest)

    @property
    def conda_file(self) -> dict[str, Any] | None:
        """The conda packages."""
        return self._conda_file

    @conda_file.setter
    def conda_file(self, value: str | PathLike[str] | dict[str, Any] | None) -> None:
        if not value:
            self._conda_file: dict[str, Any] | None = None
        else:
            self._conda_file = value if isinstance(value, dict) else self._read(value)

    @property
    def conda_text(self) -> str | None:
        """The conda packages as YAML text, as they travel."""
        return _yaml_text(self.conda_file) if self.conda_file else None

    @property
    def build_folder(self) -> Path | None:
        """The local folder of the build context; None where there is none, or where it is at a URL."""
        path = os.fspath(self.build.path) if self.build and self.build.path else ""
        return None if not path or "://" in path else Path(self.base_path, path).resolve()

    def validate(self) -> None:
        """Check that there is a name and exactly one of image and build.

        Raises:
            ValidationException: there is not.
        """
        if self.name is None:
            raise _invalid("Environment name is required.", ValidationErrorType.MISSING_FIELD)
        if self.image is None and self.build is None:
            raise _invalid(
                f"Docker image or Dockerfile is required for environment {self.name}: give image or build.",
                ValidationErrorType.MISSING_FIELD,
            )
        if self.image and self.build:
            raise _invalid(f"Environment {self.name} has both image and build; only one of them can be given.")

    def _read(self, path: str | PathLike[str]) -> dict[str, Any]:
        from gateway.yaml_text import parse, read_text

        return parse(read_text(Path(self.base_path, path)))

    def _content_digest(self) -> str:
        """What identifies the content, empty where the official client makes a name at random.

        The official client joins the digests in this way; equal versions let both share what is registered.
        """
        if self.build and (folder := self.build_folder):
            from gateway.local_folder import upload_hash

            if not folder.exists():
                raise _invalid(
                    f"build.path: there is no folder {folder} to build the environment from.",
                    ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND,
                )
            parts = [upload_hash(folder), self.build.dockerfile_path]
        elif self.image:
            parts = [self.image, *(_yaml_text(part) for part in (self.inference_config, self.conda_file) if part)]
        else:
            return ""
        first, *others = [_sha256(part) for part in parts if part]
        return reduce(str.join, others, first)


def _yaml_text(value: Any) -> str:
    import yaml

    return str(yaml.dump(value, sort_keys=True))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _invalid(message: str, error_type: ValidationErrorType = ValidationErrorType.INVALID_VALUE) -> ValidationException:
    return ValidationException(message, target=ErrorTarget.ENVIRONMENT, error_type=error_type)
