"""`amlet emulator`: start, stop, look at and reset the emulator on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli import emulators
from amlet.cli.emulator_jobs import export, take_in
from amlet.cli.emulator_start import start
from amlet.cli.emulator_state import clock, restore, scenario, snapshot
from amlet.cli.environment import EnvFormat
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import table
from amlet.cli.verbs import Show, StateDir, say, verb

app = typer.Typer(no_args_is_help=True, help="Start, stop, look at and control the local emulator.")


app.command()(start)
app.command()(snapshot)
app.command()(restore)
app.command()(clock)
app.command()(scenario)
app.command()(export)
app.command("import")(take_in)


@app.command()
@verb
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


@app.command()
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


@app.command()
def reset(
    state_dir: StateDir = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove an emulator's state: all jobs, metrics, logs and uploads."""
    from emulator.server import home

    folder = home.home(os.environ)
    place = (state_dir or home.default_state_dir(folder)).absolute()
    record = home.find(folder, place)
    if record is not None:
        raise Refusal(f"the emulator at {record.origin} uses {place}; stop it first: amlet emulator stop")
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


@app.command()
def env(
    state_dir: StateDir = None,
    format: Annotated[EnvFormat, typer.Option("--format", help="Who reads it.")] = EnvFormat.SHELL,  # noqa: A002
) -> None:
    """Print the environment for official clients. Use: eval "$(amlet emulator env)"."""
    from amlet.cli.environment import render, variables
    from contracts.resource_id import LOCAL_WORKSPACE

    record = emulators.find(state_dir)
    sys.stdout.write(render(variables(record, LOCAL_WORKSPACE, os.environ), format) + "\n")
