"""`amlet emulator stop`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from amlet.cli import emulators
from amlet.cli.command import StateDir, command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say


@command()
def stop(
    state_dir: StateDir = None,
    everything: Annotated[bool, typer.Option("--all", help="All that run.")] = False,
) -> None:
    """Stop the emulator; jobs that are not done go on at the next start."""
    from emulator.server import home

    folder = home.home(os.environ)
    records = home.running(folder) if everything else [emulators.find(state_dir)]
    for record in records:
        if not home.stop(record):
            raise Refusal(
                f"the emulator at {record.origin} (process {record.pid}) does not end; see its log", Exit.ERROR
            )
        say(f"Stopped the emulator at {record.origin}")
