"""What a step of a pipeline computes from, by content: of two steps with the same key the second is not run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contracts.resource_id import WorkspaceId
from emulator.engine.pipeline.reuse import reuse_key
from emulator.storage.jobs import Job
from emulator.storage.workspaces import guid_of

if TYPE_CHECKING:  # the addresses of files ask for the name of a key, and would load all that resolves jobs
    from emulator.trials.provenance import Provenance
    from emulator.trials.resolved_job import ResolvedJob


def step_key(resolved: ResolvedJob, found: Provenance) -> str:
    """The key of a step that is resolved.

    Parameters:
        found: digests of its code and data, and what is installed in its environment.
    """
    command = resolved.command
    digests = {one.reference: found.inputs.get(one.name) or one.reference for one in command.data} if command else {}
    body = resolved.job.body
    if found.code:
        code = (body.get("trial") or body).get("codeId")
        digests[str(code)] = found.code
    environment = json.dumps([_environment(body), found.python, dict(found.packages)], sort_keys=True)
    return reuse_key(body, content_of=lambda name: digests.get(name, name), environment=environment, simulated=False)


def simulated_step_key(job: Job) -> str:
    """The key of a step that is simulated: nothing is read, so that ids and addresses count as they stand."""
    body = job.body
    return reuse_key(body, content_of=lambda name: name, environment=str(_environment(body)), simulated=True)


def reuse_name(workspace: WorkspaceId, key: str) -> str:
    """The name under which the store keeps which run had a key."""
    return f"reuse/{guid_of(workspace)}/{key}"


def _environment(body: Mapping[str, Any]) -> Any:
    return (body.get("trial") or body).get("environmentId")
