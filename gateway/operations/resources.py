"""Computes and datastores beyond what all assets have: made and deleted, with secrets; and the files of a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from gateway.entities.compute import Compute
from gateway.entities.datastore import Datastore
from gateway.exceptions import AssetException
from gateway.operations.assets import DATASTORES, MODELS
from gateway.operations.containers import datastore_container
from gateway.operations.download import DATASTORE_URI, OnFile, Source, fetch
from gateway.operations.official.entities import taken
from gateway.operations.workspace import COMPUTE_LISTS, WORKSPACES, Workspace
from gateway.serialization.arm.resources import compute_to_arm, credentials_from_arm
from gateway.transport.calls import read_json, send
from gateway.transport.long_running import Operation, begin
from gateway.transport.messages import Request
from gateway.transport.steps import Steps


def begin_compute(workspace: Workspace, compute: Compute) -> Steps[Operation]:
    """Begin to make a compute, or to change one; where no location is said, it is the workspace's.

    Raises:
        ValidationException: its type is only read here.
    """
    compute = taken(compute, "AmlCompute", "compute.begin_create_or_update")
    body = compute_to_arm(compute)
    if compute.location is None:
        details = yield from workspace.details()
        body = {"location": details.get("location"), **body}
    return (yield from begin(workspace.arm("PUT", _compute(compute.name or ""), COMPUTE_LISTS, body=body)))


def begin_compute_action(workspace: Workspace, name: str, action: str) -> Steps[Operation]:
    """Begin to `start`, `stop` or `restart` a compute instance."""
    return (yield from begin(workspace.arm("POST", f"{_compute(name)}/{action}", COMPUTE_LISTS, resend=True)))


def begin_delete_compute(workspace: Workspace, name: str, action: str) -> Steps[Operation]:
    """Begin to delete or to detach a compute.

    Parameters:
        action: `Delete` or `Detach`.
    """
    params = {"underlyingResourceAction": action}
    return (yield from begin(workspace.arm("DELETE", _compute(name), COMPUTE_LISTS, params=params)))


def computes_page(workspace: Workspace, compute_type: str | None = None) -> Steps[Request]:
    """The request for the first page of the computes, of one type if wanted."""
    yield from ()
    params = {"computeType": compute_type} if compute_type else {}
    return workspace.arm("GET", "/computes", COMPUTE_LISTS, params=params)


def is_of_type(compute: Compute, compute_type: str | None) -> bool:
    """Whether a compute is of a type, or none is wanted."""
    return compute_type is None or compute.type == compute_type.lower()


def compute_nodes(workspace: Workspace, name: str) -> Steps[list[dict[str, Any]]]:
    """The machines of a cluster that are up."""
    answer = yield from read_json(workspace.arm("POST", f"{_compute(name)}/listNodes", COMPUTE_LISTS, resend=True))
    return list(answer.get("nodes") or [])


def default_datastore(workspace: Workspace, *, secrets: bool = False) -> Steps[Datastore]:
    """The datastore that local inputs are uploaded to where no other is named.

    Raises:
        AssetException: the workspace has no default.
    """
    request = workspace.arm("GET", "/datastores", WORKSPACES, params={"isDefault": "true"})
    found = (yield from read_json(request))["value"]
    if not found:
        raise AssetException(f"workspace {workspace.id.name} has no default datastore")
    return (yield from datastore_of(workspace, found[0], secrets=secrets))


def datastore(workspace: Workspace, name: str, *, secrets: bool = False) -> Steps[Datastore]:
    """A datastore by name.

    Parameters:
        secrets: with the key or signature that the workspace signs in with.
    """
    document = yield from read_json(workspace.arm("GET", _datastore(name), WORKSPACES))
    return (yield from datastore_of(workspace, document, secrets=secrets))


def delete_datastore(workspace: Workspace, name: str) -> Steps[None]:
    """Forget a datastore; what is in the storage stays."""
    yield from send(workspace.arm("DELETE", _datastore(name), WORKSPACES))


def datastore_of(workspace: Workspace, document: dict[str, Any], *, secrets: bool) -> Steps[Datastore]:
    """The datastore of an ARM document.

    Parameters:
        secrets: with the key or signature that the workspace signs in with, which is asked for.
    """
    made = DATASTORES.entity(document)
    credentials = (document.get("properties") or {}).get("credentials") or {}
    if secrets and credentials.get("credentialsType") not in (None, "None"):
        path = f"{_datastore(str(document['name']))}/listSecrets"
        found = yield from read_json(workspace.arm("POST", path, WORKSPACES, resend=True))
        made.credentials = credentials_from_arm(credentials, found)
    return made


def download_model(
    workspace: Workspace,
    name: str,
    version: str,
    folder: Path,
    on_file: OnFile = lambda path, size: None,
) -> Steps[list[Path]]:
    """Fetch the files of a model, to `FOLDER/NAME`; a model that is a folder lies there under its own name.

    Source of the layout: `models.download` of azure-ai-ml 1.35.2.

    Raises:
        AssetException: the model lies elsewhere than in a datastore, or has no files.
        gateway.exceptions.ResourceNotFoundError: there is no such model.
    """
    model = yield from MODELS.get(workspace, name, version)
    found = DATASTORE_URI.match(model.path or "")
    if found is None:
        raise AssetException(f"model {name}:{version} lies at {model.path!r}, which is not in a datastore")
    source = Source(found["datastore"], found["path"].rstrip("/"))
    container = yield from datastore_container(workspace, source.datastore)
    place = folder / name
    if (yield from container.names(f"{source.prefix}/")):
        source = replace(source, prefix=f"{source.prefix}/")
        place /= PurePosixPath(source.prefix).name
    fetched = yield from fetch(workspace, source, place, on_file)
    if not fetched:
        raise AssetException(f"model {name}:{version} has no files at {model.path}")
    return fetched


def _compute(name: str) -> str:
    return f"/computes/{quote(name, safe='')}"


def _datastore(name: str) -> str:
    return f"/datastores/{quote(name, safe='')}"
