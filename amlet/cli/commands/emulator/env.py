"""`amlet emulator env`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli import emulators
from amlet.cli.command import StateDir, command
from amlet.cli.environment import EnvFormat
from amlet.cli.output import put


@command()
def env(
    state_dir: StateDir = None,
    start: Annotated[bool, typer.Option("--start", help="Start the emulator if it does not run.")] = False,
    format: Annotated[EnvFormat, typer.Option("--format", help="The shell or file it is for.")] = EnvFormat.SHELL,  # noqa: A002
) -> None:
    """Print the environment for official clients. Use: eval "$(amlet emulator env)"."""
    from amlet.cli.environment import render, variables
    from gateway.client.local_emulator import workspace_of

    record = emulators.find(state_dir, start=start)
    workspace = workspace_of({}, os.environ, Path.cwd())
    put(render(variables(record, workspace, os.environ), format) + "\n")
