"""Submitting a pipeline: its components first, then the job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.builders.pipeline_job import PipelineJob
from gateway.entities.component import ComponentSource
from gateway.entities.names import is_binding
from gateway.operations.components import Registered, component_reference_id
from gateway.operations.resolve import compute_id, input_entry
from gateway.operations.uploads import INPUTS_DATASTORE, OnUpload
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps


def resolve_pipeline(
    workspace: Workspace, job: PipelineJob, body: dict[str, Any], on_upload: OnUpload
) -> Steps[dict[str, Any]]:
    """The body of a pipeline job with every reference resolved, after its components are registered.

    Parameters:
        workspace: where it will run.
        job: the job; it is not changed.
        body: its submission body.
        on_upload: called for each upload.

    Raises:
        ValidationException: a path does not exist, or an asset has no version.
        gateway.exceptions.ResourceNotFoundError: an asset of which the latest version is wanted does not exist.
    """
    properties = dict(body["properties"])
    if properties.get("computeId"):
        properties["computeId"] = _compute(workspace, properties["computeId"])
    settings = dict(properties.get("settings") or {})
    if settings.get("default_compute"):
        settings["default_compute"] = _compute(workspace, settings["default_compute"])
    if settings.get("default_datastore"):
        settings["default_datastore"] = _datastore(workspace, settings["default_datastore"])
    component = job.component
    if isinstance(component, str):
        properties["componentId"] = yield from component_reference_id(workspace, component)
    elif component._source == ComponentSource.YAML_COMPONENT:
        # A component's file as the whole job is registered, and the job has no steps of its own.
        properties["componentId"] = yield from Registered(workspace, on_upload).register_whole(component)
        properties["jobs"] = {}
        settings["_source"] = ComponentSource.WORKSPACE_JOB
    else:
        properties["jobs"] = yield from Registered(workspace, on_upload).register(component)
    properties["settings"] = settings
    inputs = {}
    for name, entry in (properties.get("inputs") or {}).items():
        store = getattr(job.inputs[name].data, "datastore", None) or INPUTS_DATASTORE
        inputs[name] = yield from input_entry(workspace, entry, Path(job.base_path), on_upload, store)
    if inputs:
        properties["inputs"] = inputs
    return {**body, "properties": properties}


def _compute(workspace: Workspace, name: str) -> str:
    return name if is_binding(name) else compute_id(workspace, name)


def _datastore(workspace: Workspace, name: str) -> str:
    name = name.removeprefix("azureml:")
    return name if name.startswith("/") else workspace.id.child("datastores", name)
