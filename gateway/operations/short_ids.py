"""Ids of a workspace's own resources as the names that users write, as the official client reads jobs back."""

from __future__ import annotations

from typing import Any

from contracts.resource_id import WorkspaceId, is_arm_id


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
    """A job that was read, with compute and environment by name. Source: azure-ai-ml 1.35.2, `resolve_azureml_id`."""
    job.compute = short_id(workspace, job.compute)
    holder = getattr(job, "trial", None) or job
    if isinstance(getattr(holder, "environment", None), str):
        holder.environment = short_id(workspace, holder.environment)
    return job
