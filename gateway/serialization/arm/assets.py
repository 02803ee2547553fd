"""Environments, data assets and models out of the ARM documents of their versions and names, and models into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from gateway.entities.assets import Asset, Data
from gateway.entities.environment import BuildContext, Environment
from gateway.entities.model import Model
from gateway.serialization.arm.identity import system_data_from_arm
from gateway.serialization.arm.plain import present

Document = Mapping[str, Any]
A = TypeVar("A", bound=Asset)


def environment_from_arm(document: Document, name: str, version: str | None) -> Environment:
    """The environment of a document."""
    properties = document.get("properties") or {}
    conda, build = properties.get("condaFile"), properties.get("build")
    if conda:
        from gateway.yaml_text import construct

        conda = construct(conda)
    made = Environment(
        **_common(document, name, version),
        image=properties.get("image"),
        build=BuildContext(path=build["contextUri"], dockerfile_path=build.get("dockerfilePath")) if build else None,
        conda_file=conda,
        os_type=properties.get("osType"),
    )
    return _with_latest(made, properties)


def data_from_arm(document: Document, name: str, version: str | None) -> Data:
    """The data asset of a document."""
    properties = document.get("properties") or {}
    kind = properties.get("dataType") or "uri_folder"
    made = Data(**_common(document, name, version), path=properties.get("dataUri"), type=kind)
    return _with_latest(made, properties)


def model_from_arm(document: Document, name: str, version: str | None) -> Model:
    """The model of a document."""
    properties = document.get("properties") or {}
    flavors = {key: dict((flavor or {}).get("data") or {}) for key, flavor in (properties.get("flavors") or {}).items()}
    made = Model(
        **_common(document, name, version),
        type=properties.get("modelType"),
        path=properties.get("modelUri"),
        flavors=flavors or None,
        stage=properties.get("stage"),
        job_name=properties.get("jobName"),
    )
    return _with_latest(made, properties)


def model_to_arm(model: Model, uri: str) -> dict[str, Any]:
    """The `properties` of a model's version.

    Parameters:
        uri: where it lies; local files are uploaded by then.
    """
    return {
        **present(
            {
                "description": model.description,
                "tags": model.tags,
                "properties": model.properties,
                "flavors": {key: {"data": dict(data)} for key, data in (model.flavors or {}).items()} or None,
                "modelType": model.type,
                "modelUri": uri,
                "stage": model.stage,
            }
        ),
        "isAnonymous": model._is_anonymous,
        "isArchived": False,
    }


def _common(document: Document, name: str, version: str | None) -> dict[str, Any]:
    properties = document.get("properties") or {}
    common = {key: properties.get(key) for key in ("description", "tags", "properties")}
    made = system_data_from_arm(document.get("systemData"))
    return {"name": name, "version": version, "id": document.get("id"), "creation_context": made, **common}


def _with_latest(asset: A, properties: Mapping[str, Any]) -> A:
    asset.latest_version = properties.get("latestVersion")
    return asset
