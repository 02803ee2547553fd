"""`environment`: a reference, a definition in place, or a definition in a file of its own."""

from __future__ import annotations

from typing import Any

from gateway.entities.environment import BuildContext, Environment
from gateway.serialization.yaml import former
from gateway.serialization.yaml.asset import ASSET, SERVED
from gateway.serialization.yaml.fields import ANY, INTEGER, TEXT, Field, enum
from gateway.serialization.yaml.noun import Noun
from gateway.serialization.yaml.problems import Invalid, Problem, wrong
from gateway.serialization.yaml.references import FILE, FOLDER, asset, included, with_prefix

_REGISTRY = "azureml://registries/"
_CONDA_KEYS = frozenset({"channels", "dependencies"})
_ROUTE = Noun(dict, {"port": INTEGER, "path": TEXT}, required=["port", "path"])
_ROUTES = dict.fromkeys(("liveness_route", "scoring_route", "readiness_route"), _ROUTE)

_FIELDS = {
    **ASSET,
    "image": TEXT,
    "build": Noun(BuildContext, {"path": FOLDER, "dockerfile_path": TEXT}),
    "conda_file": ANY,
    "inference_config": Field(Noun(dict, _ROUTES, required=list(_ROUTES)).read, lambda value, _: value),
    "os_type": enum("linux", "windows"),
    "datastore": TEXT,
}
_IGNORED = (*SERVED, "intellectual_property")
NAMED = Noun(Environment, _FIELDS, required=["name"], ignored=_IGNORED, located=True)


def _make_anonymous(name: str | None = None, version: str | None = None, **options: Any) -> Environment:
    return Environment(**options)


_ANONYMOUS = Noun(_make_anonymous, _FIELDS, ignored=_IGNORED, located=True, former=former.ENVIRONMENT)


def _define(value: Any, folder: str) -> Environment:
    """An environment within a job; a name that is given is not used."""
    if isinstance(value, dict) and _CONDA_KEYS & value.keys():
        raise Invalid(
            [Problem((), "this is a conda file, not an environment.", "Name it in conda_file, beside an image.")]
        )
    environment: Environment = _ANONYMOUS.read(value, folder)
    return environment


def _read(value: Any, folder: str) -> Environment | str:
    if isinstance(value, dict):
        return _define(value, folder)
    if not isinstance(value, str):
        raise wrong(value, "an environment", "Write azureml:name:version, file:path, or a mapping with image.")
    if value.startswith(FILE):
        environment: Environment = included(value, folder, _define)
        return environment
    if value.startswith(_REGISTRY):
        return value
    if (name := asset(value, version_required=False)) is None:
        raise wrong(value, "an environment", "Write azureml:name:version, file:path, or a mapping with image.")
    return name


def _write(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return value if value.startswith(_REGISTRY) else with_prefix(value)
    return NAMED.write(value, value.base_path)


ENVIRONMENT = Field(_read, _write)
