"""`amlet emulator status`."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from amlet.cli.command import Show, StateDir, command
from amlet.cli.exits import Exit
from amlet.cli.output import table


@command()
def status(show: Show, state_dir: StateDir = None) -> None:
    """Show the emulators that run."""
    from emulator.server.home import home, running

    records = [record for record in running(home(os.environ)) if state_dir in (None, Path(record.state_dir))]
    rows = [
        {"origin": record.origin, "http": record.http_origin, "pid": record.pid, "state_dir": record.state_dir}
        for record in records
    ]
    show(rows, people=lambda: table(rows) or "no emulator is running")
    if not records:
        raise typer.Exit(int(Exit.UNREACHABLE))
