"""Environments and data assets; `environment` is a reference, a definition in place, or one in a file of its own."""

from __future__ import annotations

from typing import Any

from contracts.asset_types import MODEL_TYPES
from gateway.entities.assets import Data
from gateway.entities.environment import BuildContext, Environment
from gateway.entities.model import Model
from gateway.serialization.yaml.fields import ANY, INTEGER, TEXT, VERSION, Codec, Field, enum, mapping_of
from gateway.serialization.yaml.problems import Invalid, Problem, wrong
from gateway.serialization.yaml.references import FILE, FOLDER, asset, included, with_prefix
from gateway.serialization.yaml.renamed_keys import RENAMED_ENVIRONMENT
from gateway.serialization.yaml.schema import ObjectSchema

ASSET: dict[str, Codec] = {"name": TEXT, "version": VERSION, "description": TEXT, "tags": mapping_of(ANY)}
#: Fields that only the service writes.
SERVED = ("$schema", "id", "creation_context", "latest_version")


DATA = ObjectSchema(
    Data,
    {**ASSET, "path": TEXT, "type": enum("uri_file", "uri_folder", "mltable", fold=str), "datastore": TEXT},
    required=["path"],
    ignored=[*SERVED, "properties"],
    located=True,
)

MODEL = ObjectSchema(
    Model,
    {
        **ASSET,
        "path": TEXT,
        "type": enum(*MODEL_TYPES, fold=str),
        "properties": mapping_of(ANY),
        "flavors": mapping_of(ANY),
        "stage": TEXT,
        "datastore": TEXT,
    },
    required=["path"],
    ignored=[*SERVED, "utc_time_created", "job_name"],
    located=True,
)


_REGISTRY_PREFIX = "azureml://registries/"
_CONDA_KEYS = frozenset({"channels", "dependencies"})
_ROUTE = ObjectSchema(dict, {"port": INTEGER, "path": TEXT}, required=["port", "path"])
_ROUTES = dict.fromkeys(("liveness_route", "scoring_route", "readiness_route"), _ROUTE)

_ENVIRONMENT_FIELDS = {
    **ASSET,
    "image": TEXT,
    "build": ObjectSchema(BuildContext, {"path": FOLDER, "dockerfile_path": TEXT}),
    "conda_file": ANY,
    "inference_config": Field(ObjectSchema(dict, _ROUTES, required=list(_ROUTES)).read, lambda value, _: value),
    "os_type": enum("linux", "windows"),
    "datastore": TEXT,
}
_IGNORED = (*SERVED, "intellectual_property")
NAMED_ENVIRONMENT = ObjectSchema(Environment, _ENVIRONMENT_FIELDS, required=["name"], ignored=_IGNORED, located=True)


def _make_anonymous(name: str | None = None, version: str | None = None, **options: Any) -> Environment:
    return Environment(**options)


_ANONYMOUS = ObjectSchema(
    _make_anonymous, _ENVIRONMENT_FIELDS, ignored=_IGNORED, located=True, renamed_keys=RENAMED_ENVIRONMENT
)


def _define(value: Any, folder: str) -> Environment:
    """An environment within a job; a name that is given is not used."""
    if isinstance(value, dict) and _CONDA_KEYS & value.keys():
        raise Invalid(
            [Problem((), "this is a conda file, not an environment.", "Name it in conda_file, beside an image.")]
        )
    environment: Environment = _ANONYMOUS.read(value, folder)
    return environment


def _read_environment(value: Any, folder: str) -> Environment | str:
    if isinstance(value, dict):
        return _define(value, folder)
    if not isinstance(value, str):
        raise wrong(value, "an environment", "Write azureml:name:version, file:path, or a mapping with image.")
    if value.startswith(FILE):
        environment: Environment = included(value, folder, _define)
        return environment
    if value.startswith(_REGISTRY_PREFIX):
        return value
    if (name := asset(value, version_required=False)) is None:
        raise wrong(value, "an environment", "Write azureml:name:version, file:path, or a mapping with image.")
    return name


def _write_environment(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return value if value.startswith(_REGISTRY_PREFIX) else with_prefix(value)
    return NAMED_ENVIRONMENT.write(value, value.base_path)


ENVIRONMENT = Field(_read_environment, _write_environment)
