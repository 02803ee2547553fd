"""`amlet emulator`: start, stop, look at and reset the emulator on this machine."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import emulators
from gateway.cli.environment import EnvFormat
from gateway.cli.exits import Exit, Refusal
from gateway.cli.local_options import WorldOption, find_world
from gateway.cli.output import table
from gateway.cli.verbs import Show, say, verb

if TYPE_CHECKING:
    from emulator.world.world import World

app = typer.Typer(no_args_is_help=True, help="Start, stop and look at the local emulator.")

StateDir = Annotated[Path | None, typer.Option("--state-dir", metavar="DIR", help="Its state directory.")]


class Auth(StrEnum):
    """Which bearer tokens are accepted."""

    STRICT = "strict"
    ANY = "any"


@app.command()
def start(
    port: Annotated[int | None, typer.Option("--port", min=0, help="HTTPS port, 8443 by default; 0: any.")] = None,
    http_port: Annotated[int | None, typer.Option("--http-port", min=0, help="Plain port, 8480; 0: any.")] = None,
    state_dir: StateDir = None,
    detach: Annotated[bool, typer.Option("--detach", help="Start it in the background; return when ready.")] = False,
    auth: Annotated[Auth, typer.Option("--auth", help="Tokens accepted: its own, or any.")] = Auth.STRICT,
    azure_like: Annotated[bool, typer.Option("--azure-like", help="Like the service also where inconvenient.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--setting", metavar="NAME=VALUE", help="A setting; may be repeated.")
    ] = None,
    world: WorldOption = None,
) -> None:
    """Start an emulator; in the foreground until Ctrl-C, unless --detach."""
    emulators.require_extra()
    from emulator.home import default_state_dir, home

    folder = home(os.environ)
    place = (state_dir or default_state_dir(folder)).absolute()
    values = {"auth": auth.value, **_values(settings or [])}
    if not detach:
        ports = 8443 if port is None else port, 8480 if http_port is None else http_port
        return _serve(folder, place, ports, values, azure_like, find_world(world, Path.cwd()))
    given = [("--setting", text) for text in settings or []]
    given += [
        (flag, str(number)) for flag, number in (("--port", port), ("--http-port", http_port)) if number is not None
    ]
    like = ["--azure-like"] if azure_like else []
    record = emulators.start_detached(folder, place, [*chain.from_iterable(given), "--auth", auth.value, *like], world)
    return say(_line(record))


def _serve(
    folder: Path,
    place: Path,
    ports: tuple[int, int],
    values: dict[str, Any],
    azure_like: bool,
    world: World | None,
) -> None:
    from emulator.server import Options, PortInUse, log_to_stderr, serve
    from emulator.settings import Settings
    from emulator.state_lock import StateDirInUse
    from emulator.store.database import UnfitSchema

    try:
        declared = world.content.settings if world else {}
        settings = (Settings.azure_like() if azure_like else Settings()).with_values({**declared, **values})
    except ValueError as error:
        raise Refusal(f"--setting: {error}", Exit.USAGE) from None
    log_to_stderr()
    try:
        serve(
            Options(folder, place, *ports, settings, world.file if world else None), lambda record: say(_line(record))
        )
    except (PortInUse, StateDirInUse, UnfitSchema) as error:
        raise Refusal(str(error)) from None


@app.command()
@verb
def status(show: Show, state_dir: StateDir = None) -> None:
    """Show the emulators that run."""
    from emulator.home import home, running

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
    from emulator import home

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
    from emulator import home

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
    """Print the environment in which official clients use the emulator: eval "$(amlet emulator env)"."""
    from contracts.resource_id import LOCAL_WORKSPACE
    from gateway.cli.environment import render, variables

    record = emulators.find(state_dir)
    sys.stdout.write(render(variables(record, LOCAL_WORKSPACE, os.environ), format) + "\n")


def _values(texts: list[str]) -> dict[str, Any]:
    """`name=value` pairs; the values are YAML."""
    import yaml

    values = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refusal(f"--setting {text!r}: expected NAME=VALUE", Exit.USAGE)
        values[name] = yaml.safe_load(value)
    return values


def _line(record: Any) -> str:
    return f"Emulator: {record.origin} (plain {record.http_origin}), state in {record.state_dir}, process {record.pid}"
