"""`amlet emulator export` and `import`: jobs with their trials and metrics as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from amlet.cli import emulators
from amlet.cli.control import Control
from amlet.cli.exits import Exit, Refusal
from amlet.cli.verbs import StateDir, say
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId

WorkspaceName = Annotated[str, typer.Option("--workspace-name", "-w", help="Of the job's workspace.")]
ResourceGroup = Annotated[str, typer.Option("--resource-group", "-g", help="Of the job's workspace.")]
Subscription = Annotated[str, typer.Option("--subscription", help="Of the job's workspace.")]


def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a sweep or command job.")],
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Instead of stdout.")] = None,
    workspace_name: WorkspaceName = LOCAL_WORKSPACE.name,
    resource_group: ResourceGroup = LOCAL_WORKSPACE.resource_group,
    subscription: Subscription = LOCAL_WORKSPACE.subscription,
    state_dir: StateDir = None,
) -> None:
    """Write a job with all that became of it as JSON. Statuses with their times, metrics, trials, decisions.

    Its files are not in it: amlet emulator snapshot saves these too.
    """
    workspace = WorkspaceId(subscription, resource_group, workspace_name)
    record = Control(emulators.find(state_dir)).ask("GET", _path(workspace, name))
    text = json.dumps(record, indent=2) + "\n"
    if file is None:
        sys.stdout.write(text)
        return
    partial = file.with_name(f".partial-{os.getpid()}-{file.name}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)
    say(f"Wrote {name} to {file}")


def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Written by amlet emulator export; - for stdin.")],
    workspace_name: WorkspaceName = LOCAL_WORKSPACE.name,
    resource_group: ResourceGroup = LOCAL_WORKSPACE.resource_group,
    subscription: Subscription = LOCAL_WORKSPACE.subscription,
    state_dir: StateDir = None,
) -> None:
    """Put an exported job into an emulator. It has its trials, metrics and times, and does not run."""
    record = _read(file)
    name = _name(record, file)
    workspace = WorkspaceId(subscription, resource_group, workspace_name)
    put = Control(emulators.find(state_dir)).ask("PUT", _path(workspace, name), record)
    say(f"Took in {name}, {put['trials']} trials")


def _path(workspace: WorkspaceId, name: str) -> str:
    return f"{str(workspace).removeprefix('/')}/jobs/{quote(name, safe='')}/record"


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
