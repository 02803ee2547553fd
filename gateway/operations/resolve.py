"""What a job refers to, as ids: the step between a translated job and the body that is submitted; and the way back.

Rules as measured with azure-ai-ml 1.35.2: names with a version become ARM ids without a request, `@latest` is looked
up, curated environments and registry assets pass as they are, local folders and files are uploaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from contracts.asset_types import MODEL_TYPES
from contracts.resource_id import WorkspaceId, is_arm_id
from gateway.entities.environment import Environment
from gateway.exceptions import ValidationException
from gateway.operations.environments import environment_id
from gateway.operations.uploads import INPUTS_DATASTORE, OnUpload, code_id, input_uri
from gateway.operations.workspace import ASSETS, Workspace
from gateway.serialization.local_paths import input_problem, is_local_input
from gateway.transport.calls import read_json
from gateway.transport.steps import Steps

_REGISTRY = "azureml://registries/"
_CURATED = "AzureML-"
_URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")


def resolve(
    workspace: Workspace,
    body: Mapping[str, Any],
    base: Path,
    on_upload: OnUpload,
    datastores: Mapping[str, str] = MappingProxyType({}),
    environment: Environment | None = None,
) -> Steps[dict[str, Any]]:
    """The body with every reference resolved; the one given is left as it is.

    Parameters:
        workspace: where the job will run.
        body: the ARM body of a sweep or command job.
        base: the folder that relative paths start from.
        on_upload: called for each upload.
        environment: one that is defined within the job, and is registered.
        datastores: where local data is uploaded to, by the name of the input, if not to the workspace's usual place.

    Raises:
        ValidationException: a path does not exist, or an asset has no version.
        gateway.exceptions.ResourceNotFoundError: an asset of which the latest version is wanted does not exist.
    """
    properties = dict(body["properties"])
    if properties.get("computeId"):
        properties["computeId"] = compute_id(workspace, properties["computeId"])
    if properties.get("trial"):
        properties["trial"] = yield from _component(workspace, properties["trial"], base, on_upload, environment)
    else:
        properties = yield from _component(workspace, properties, base, on_upload, environment)
    resolved = {}
    for name, entry in (properties.get("inputs") or {}).items():
        datastore = datastores.get(name, INPUTS_DATASTORE)
        resolved[name] = yield from input_entry(workspace, entry, base, on_upload, datastore)
    if resolved:
        properties["inputs"] = resolved
    return {**body, "properties": properties}


def compute_id(workspace: Workspace, name: str) -> str:
    """The ARM id of a compute given by name; `local` and full ids stay as they are."""
    name = name.removeprefix("azureml:")
    return name if is_arm_id(name) or name.lower() == "local" else workspace.id.child("computes", name)


def short_id(workspace: WorkspaceId, value: Any) -> Any:
    """`NAME` or `NAME:VERSION` for the id of a resource in the workspace; anything else as it is."""
    if not isinstance(value, str):
        return value
    text = value.removeprefix("azureml:")
    prefix = f"{workspace}/"
    if not is_arm_id(text) or not text.lower().startswith(prefix.lower()):
        return value
    parts = text[len(prefix) :].split("/")
    match parts:
        case [_, name]:
            return name
        case [_, name, "versions" | "labels" as kind, version]:
            return f"{name}:{version}" if kind == "versions" else f"{name}@{version}"
        case _:
            return value


def with_short_ids(workspace: WorkspaceId, job: Any) -> Any:
    """A job that was read, with names in the place of ids. Source: azure-ai-ml 1.35.2, `resolve_azureml_id`."""
    job.compute = short_id(workspace, job.compute)
    if isinstance(getattr(job, "environment", None), str):  # that of a sweep's trial stays an id, as with the SDK
        job.environment = short_id(workspace, job.environment)
    settings = getattr(job, "settings", None)
    for default in ("default_compute", "default_datastore") if settings is not None else ():
        setattr(settings, default, short_id(workspace, getattr(settings, default)))
    return job


def asset_id(workspace: Workspace, collection: str, reference: str) -> Steps[str]:
    """The ARM id of an asset given as `name:version`, `name@latest`, `azureml:...` or by its id.

    Parameters:
        collection: `environments`, `data` or `models`.

    Raises:
        ValidationException: the reference has neither version nor label.
    """
    reference = reference.removeprefix("azureml:") if not reference.startswith(_REGISTRY) else reference
    if reference.startswith(_REGISTRY) or is_arm_id(reference):
        return reference
    if collection == "environments" and reference.startswith(_CURATED):
        return f"azureml:{reference}"
    name, label_sign, label = reference.partition("@")
    if not label_sign:
        name, _, version = reference.rpartition(":")
    elif label == "latest":
        version = yield from latest_version(workspace, collection, name)
    else:
        raise ValidationException(
            f"{collection}: {reference!r} has the label {label!r}; use {name}@latest or {name}:VERSION"
        )
    if not name:
        raise ValidationException(
            f"{collection}: {reference!r} has no version; use {reference}:VERSION or {reference}@latest"
        )
    return workspace.id.child(collection, name, version)


def latest_version(workspace: Workspace, collection: str, name: str) -> Steps[str]:
    """The newest version of an asset.

    Raises:
        ValidationException: an environment that has none.
    """
    container = f"/{collection}/{quote(name, safe='')}"
    if collection == "environments":
        newest = {"$orderBy": "createdtime desc", "$top": "1"}
        listed = yield from read_json(workspace.arm("GET", f"{container}/versions", ASSETS, params=newest))
        if not listed["value"]:
            raise ValidationException(f"environment {name} has no versions in workspace {workspace.id.name}")
        return str(listed["value"][0]["name"])
    document = yield from read_json(workspace.arm("GET", container, ASSETS))
    return str(document["properties"]["latestVersion"])


def _component(
    workspace: Workspace, component: Mapping[str, Any], base: Path, on_upload: OnUpload, environment: Environment | None
) -> Steps[dict[str, Any]]:
    """The part that has code and environment: the trial of a sweep, or a command job itself."""
    resolved = dict(component)
    code = resolved.get("codeId")
    if code:
        resolved["codeId"] = yield from code_reference_id(workspace, code, base, on_upload)
    if environment:
        resolved["environmentId"] = yield from environment_id(workspace, environment, on_upload)
    elif resolved.get("environmentId"):
        resolved["environmentId"] = yield from asset_id(workspace, "environments", resolved["environmentId"])
    return resolved


def code_reference_id(workspace: Workspace, code: str, base: Path, on_upload: OnUpload) -> Steps[str]:
    """The ARM id of code given by a name or an id; of a local folder, which starts from `base`, after its upload."""
    reference = code.removeprefix("azureml:")
    if is_arm_id(reference) or _URL.match(code):
        return reference
    if code.startswith("azureml:"):
        return (yield from asset_id(workspace, "codes", code))
    return (yield from code_id(workspace, base / code, on_upload))


def input_entry(workspace: Workspace, entry: Any, base: Path, on_upload: OnUpload, datastore: str) -> Steps[Any]:
    """An input as it travels, with the name of an asset as its id and a local path as where it was uploaded to."""
    uri = entry.get("uri") if isinstance(entry, Mapping) else None
    if not uri or is_arm_id(uri) or _URL.match(uri):
        return entry
    kind = entry.get("jobInputType", "")
    if not is_local_input(uri):
        return {**entry, "uri": (yield from asset_id(workspace, "models" if kind in MODEL_TYPES else "data", uri))}
    if problem := input_problem(base, uri, kind):
        raise ValidationException(" ".join(problem))
    address = yield from input_uri(workspace, (base / uri).resolve(), on_upload, datastore)
    return {**entry, "uri": f"{address}/" if kind == "uri_folder" else address}
