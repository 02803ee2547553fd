"""Environments that are defined within a job: registered in the workspace before the job is submitted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from gateway.entities.environment import Environment
from gateway.operations.uploads import INPUTS_DATASTORE, OnUpload, context_uri
from gateway.operations.workspace import ASSETS, Workspace
from gateway.serialization.arm.plain import camel, present
from gateway.transport.calls import read_json, send
from gateway.transport.steps import Steps


def environment_id(workspace: Workspace, environment: Environment, on_upload: OnUpload) -> Steps[str]:
    """The ARM id of an environment, registered if it has none.

    Raises:
        ValidationException: it has neither image nor build context, or both.
    """
    if environment.id:
        return environment.id
    created = yield from register(workspace, environment, on_upload)
    return str(created["id"])


def register(workspace: Workspace, environment: Environment, on_upload: OnUpload) -> Steps[dict[str, Any]]:
    """Register an environment and return its ARM document.

    An anonymous one is named by the hash of its content; a named one without a version gets the next.

    Raises:
        ValidationException: it has neither image nor build context, or both.
    """
    environment.validate()
    name = environment.name or ""
    version = environment.version
    if version is None:
        version = yield from next_version(workspace, "environments", name)
    properties = yield from _properties(workspace, environment, on_upload)
    path = f"/environments/{quote(name, safe='')}/versions/{quote(version, safe='')}"
    created: dict[str, Any] = yield from read_json(workspace.arm("PUT", path, ASSETS, body={"properties": properties}))
    return created


def next_version(workspace: Workspace, collection: str, name: str) -> Steps[str]:
    """The version that a new asset of this name gets; the first is `1`."""
    answer = yield from send(workspace.arm("GET", f"/{collection}/{quote(name, safe='')}", ASSETS), accept=(404,))
    return str(answer.json()["properties"].get("nextVersion") or "1") if answer.ok else "1"


def _properties(workspace: Workspace, environment: Environment, on_upload: OnUpload) -> Steps[dict[str, Any]]:
    properties: dict[str, Any] = {
        "description": environment.description,
        "image": environment.image,
        "condaFile": environment.conda_text,
        "tags": environment.tags or None,
        "properties": environment.properties or None,
        "osType": environment.os_type,
        "inferenceConfig": {camel(name): route for name, route in (environment.inference_config or {}).items()} or None,
    }
    if environment.build:
        uri = environment.build.path
        if folder := environment.build_folder:
            uri = yield from context_uri(workspace, folder, on_upload, environment.datastore or INPUTS_DATASTORE)
        properties["build"] = present({"contextUri": uri, "dockerfilePath": environment.build.dockerfile_path})
    return {**present(properties), "isAnonymous": environment._is_anonymous, "isArchived": False}
