"""`amlet emulator import`: an exported job, in this emulator."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli.command import JobResourceGroup, JobSubscription, JobWorkspaceName, StateDir, command
from amlet.cli.control import record_path, running_emulator
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId


@command()
def import_job(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Written by amlet emulator export; - for stdin.")],
    workspace_name: JobWorkspaceName = LOCAL_WORKSPACE.name,
    resource_group: JobResourceGroup = LOCAL_WORKSPACE.resource_group,
    subscription: JobSubscription = LOCAL_WORKSPACE.subscription,
    state_dir: StateDir = None,
) -> None:
    """Put an exported job into an emulator. It has its trials, metrics and times, and does not run."""
    record = _read(file)
    name = _name(record, file)
    workspace = WorkspaceId(subscription, resource_group, workspace_name)
    put = running_emulator(state_dir).ask("PUT", record_path(workspace, name), record)
    say(f"Imported {name}, {put['trials']} trials")


def _read(file: Path) -> Any:
    try:
        return json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror}", Exit.USAGE) from None
    except ValueError as error:
        raise Refusal(f"{file}: this is not JSON: {error}") from None


def _name(record: Any, file: Path) -> str:
    match record:
        case {"job": {"name": str(name)}} if name:
            return name
    raise Refusal(f"{file}: job.name: the key is missing; amlet emulator export writes such files")
