"""`amlet emulator reset`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from amlet.cli.command import StateDir, command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import confirm, say


@command()
def reset(
    state_dir: StateDir = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove an emulator's state: all jobs, metrics, logs and uploads."""
    from emulator.server import home
    from emulator.server.reset import holds_state
    from emulator.server.reset import reset as remove_state
    from emulator.server.state_lock import StateDirInUse

    folder = home.home(os.environ)
    place = (state_dir or home.default_state_dir(folder)).absolute()
    record = home.find(folder, place)
    if record is not None:
        remedy = f"amlet emulator stop --state-dir {place}"
        raise Refusal(f"the emulator at {record.origin} uses {place}; stop it first: {remedy}")
    if not holds_state(place):
        raise Refusal(f"{place} holds no emulator's state")
    if not yes:
        if not sys.stdin.isatty():
            raise Refusal(f"this removes {place} with all jobs in it; repeat with --yes", Exit.USAGE)
        confirm(f"Remove {place} with all jobs in it?")
    try:
        remove_state(place)
    except StateDirInUse as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{place}: {error.strerror or error}; repeat the command when it can be removed") from None
    say(f"Removed the state in {place}")
