"""`amlet emulator snapshot`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Show, StateDir, command
from amlet.cli.control import running_emulator, snapshot_file
from amlet.cli.output import table


@command()
def snapshot(
    show: Show,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Its name; without one, all are listed.")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Write a copy there.")] = None,
    state_dir: StateDir = None,
) -> None:
    """Save the state of a running emulator under a name. Keys and tokens are not in it."""
    control = running_emulator(state_dir)
    if name is None:
        found = control.ask("GET", "snapshot")["value"]
        return show(found, people=lambda: table(found) or "there is no snapshot")
    saved = control.ask("POST", "snapshot", {"name": name})
    if file is not None:
        shutil.copyfile(snapshot_file(control, name), file)
    return show(saved, people=lambda: f"Saved as {name} ({saved['bytes']:,} bytes); amlet emulator restore {name}")
