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
    """Show all emulators that run, or the one with a state directory. Its `trouble` is why it accepts no work."""
    from amlet.cli.emulators import trouble
    from emulator.server.home import default_state_dir, home, running

    folder = home(os.environ)
    wanted = state_dir and state_dir.resolve()
    records = [record for record in running(folder) if wanted in (None, Path(record.state_dir).resolve())]
    default = default_state_dir(folder).resolve()
    rows = [
        {
            "origin": record.origin,
            "http": record.http_origin,
            "pid": record.pid,
            "state_dir": record.state_dir,
            "default": Path(record.state_dir).resolve() == default,
            "simulated": record.simulated,
            "trouble": trouble(record),
        }
        for record in records
    ]
    show(rows, people=lambda: table(rows) or "no emulator is running")
    if not records:
        raise typer.Exit(int(Exit.UNREACHABLE))
