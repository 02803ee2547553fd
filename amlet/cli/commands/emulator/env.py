"""`amlet emulator env`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from amlet.cli import emulators
from amlet.cli.command import StateDir, command
from amlet.cli.environment import EnvFormat


@command()
def env(
    state_dir: StateDir = None,
    format: Annotated[EnvFormat, typer.Option("--format", help="The shell or file it is for.")] = EnvFormat.SHELL,  # noqa: A002
) -> None:
    """Print the environment for official clients. Use: eval "$(amlet emulator env)"."""
    from amlet.cli.environment import render, variables
    from contracts.resource_id import LOCAL_WORKSPACE

    record = emulators.find(state_dir)
    sys.stdout.write(render(variables(record, LOCAL_WORKSPACE, os.environ), format) + "\n")
