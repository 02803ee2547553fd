"""Models: files that a job has made, or a folder, with a name and a version in a workspace."""

from __future__ import annotations

import hashlib
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from gateway.constants import AssetTypes
from gateway.entities.assets import Asset
from gateway.exceptions import ErrorTarget, ValidationException


class Model(Asset):
    """A named, versioned model.

    Parameters:
        name, version, description, tags, properties: as in Asset; without name and version it is anonymous.
        type: `custom_model` (when left out), `mlflow_model` or `triton_model`.
        path: a local path, or where it lies: `azureml://jobs/JOB/outputs/NAME`, `runs:/RUN/PATH`, a datastore's URI.
        utc_time_created: when it was made.
        flavors: what MLflow says of how it can be loaded.
        stage: its stage in the registry, a free text.
        default_deployment_template, allowed_deployment_templates: of registries, which are not served.
        datastore: the datastore that a local path is uploaded to (keyword argument).
        job_name: the job that made it (keyword argument).

    Raises:
        ValidationException: a deployment template.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        type: str | None = None,  # noqa: A002
        path: str | PathLike[str] | None = None,
        utc_time_created: str | None = None,
        flavors: dict[str, dict[str, Any]] | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        stage: str | None = None,
        default_deployment_template: Any = None,
        allowed_deployment_templates: Any = None,
        **kwargs: Any,
    ) -> None:
        if default_deployment_template or allowed_deployment_templates:
            raise ValidationException(
                "deployment templates belong to models in registries, which are not served here; leave them out",
                target=ErrorTarget.ASSET,
            )
        self.datastore: str | None = kwargs.pop("datastore", None)
        self.job_name: str | None = kwargs.pop("job_name", None)
        super().__init__(name, version, description, tags, properties, **kwargs)
        self.type = type or AssetTypes.CUSTOM_MODEL
        self.path = None if path is None else fspath(path)
        self.utc_time_created = utc_time_created
        self.flavors = dict(flavors) if flavors else None
        self.stage = stage
        if self._is_anonymous and (folder := self.local_path) and folder.exists():
            from gateway.local_folder import upload_hash

            self.name = hashlib.sha256(upload_hash(folder).encode()).hexdigest()

    @property
    def local_path(self) -> Path | None:
        """The file or folder on this machine; None where the path is an address."""
        if not self.path or ":/" in self.path or self.path.startswith(("azureml:", "/subscriptions/")):
            return None
        return Path(self.base_path, self.path).resolve()
