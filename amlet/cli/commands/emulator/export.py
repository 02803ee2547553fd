"""`amlet emulator export`: a job with its trials and metrics as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import JobResourceGroup, JobSubscription, JobWorkspaceName, StateDir, command
from amlet.cli.control import record_path, running_emulator
from amlet.cli.output import put, say
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from emulator.files import write_whole


@command()
def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a sweep or command job.")],
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Instead of stdout.")] = None,
    workspace_name: JobWorkspaceName = LOCAL_WORKSPACE.name,
    resource_group: JobResourceGroup = LOCAL_WORKSPACE.resource_group,
    subscription: JobSubscription = LOCAL_WORKSPACE.subscription,
    state_dir: StateDir = None,
) -> None:
    """Write a job with its record as JSON. Statuses with their times, metrics, trials, decisions.

    Its files are not in it: amlet emulator snapshot saves these too.
    """
    workspace = WorkspaceId(subscription, resource_group, workspace_name)
    record = running_emulator(state_dir).ask("GET", record_path(workspace, name))
    text = json.dumps(record, indent=2) + "\n"
    if file is None:
        put(text)
        return
    write_whole(file, text.encode())
    say(f"Wrote {name} to {file}")
