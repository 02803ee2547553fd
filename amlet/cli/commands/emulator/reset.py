"""`amlet emulator reset`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import StateDir, command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say


@command()
def reset(
    state_dir: StateDir = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove an emulator's state: all jobs, metrics, logs and uploads."""
    from emulator.server import home

    folder = home.home(os.environ)
    place = (state_dir or home.default_state_dir(folder)).absolute()
    record = home.find(folder, place)
    if record is not None:
        remedy = f"amlet emulator stop --state-dir {place}"
        raise Refusal(f"the emulator at {record.origin} uses {place}; stop it first: {remedy}")
    if not (place / "amlet.db").exists():
        raise Refusal(f"{place} holds no emulator's state")
    if not yes:
        if not sys.stdin.isatty():
            raise Refusal(f"this removes {place} with all jobs in it; repeat with --yes", Exit.USAGE)
        typer.confirm(f"Remove {place} with all jobs in it?", abort=True, err=True)
    _remove(place)
    say(f"Removed the state in {place}")


def _remove(place: Path) -> None:
    """Remove what an emulator makes in its state directory, and nothing else that may lie there."""
    import shutil

    for name in ("amlet.db", "amlet.db-wal", "amlet.db-shm", "emulator.log", "ca-bundle.pem"):
        (place / name).unlink(missing_ok=True)
    for name in ("artifacts", "runs"):
        shutil.rmtree(place / name, ignore_errors=True)
