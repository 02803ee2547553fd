"""`amlet run -- CMD`: a command in the environment where official clients use the emulator."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.local_options import ProjectOption


class ClientSecret(StrEnum):
    """What the token endpoint takes."""

    OWN = "own"
    ANY = "any"


@command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    context: typer.Context,
    state_dir: Annotated[
        Path | None, typer.Option("--state-dir", metavar="DIR", help="Use the emulator with this state directory.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave an emulator that was started for it running.")] = False,
    project: ProjectOption = None,
    client_secret: Annotated[
        ClientSecret | None,
        typer.Option("--client-secret", help="What signs a client in: the emulator's own secret (default), or any."),
    ] = None,
) -> None:
    """Run a command with an emulator instead of Azure. Example: amlet run -- python train.py

    The emulator of the state directory is used if it runs; else it is started, and stopped when the last command that
    uses it ends. The exit code is CMD's.
    """
    command = context.args
    if not command:
        raise Refusal("run what? amlet run -- python your_script.py", Exit.USAGE)
    if len(command) == 1 and command[0].lower().endswith((".yml", ".yaml")):
        raise Refusal(
            f"to submit a job file, use: amlet job create -f {command[0]} --emulator --stream\n"
            "(`amlet run -- CMD` runs a program with the emulator instead of Azure)",
            Exit.USAGE,
        )
    raise typer.Exit(_run(command, state_dir, keep, project, client_secret))


def _run(
    command: list[str], state_dir: Path | None, keep: bool, project: str | None, client_secret: ClientSecret | None
) -> int:
    from amlet.cli import emulators
    from amlet.cli.environment import variables
    from amlet.cli.output import say
    from amlet.cli.shared_emulator import Use
    from amlet.cli.target import simulated_note
    from emulator.server import home
    from gateway.client.local_emulator import workspace_of

    folder = home.home(os.environ)
    place = state_dir or home.default_state_dir(folder)
    running = home.find(folder, place)
    if running and project:
        raise Refusal(
            f"the emulator at {running.origin} runs already, with its own project file; "
            "stop it (amlet emulator stop), or give --state-dir for another one",
            Exit.USAGE,
        )
    if running and client_secret and client_secret != running.takes_secret:
        raise Refusal(
            f"the emulator at {running.origin} runs already, with client_secret: {running.takes_secret}; "
            "stop it (amlet emulator stop), or give --state-dir for another one",
            Exit.USAGE,
        )
    options = ["--setting", f"client_secret={client_secret}"] if client_secret else []
    with Use(folder, place) as use:
        record, started = emulators.find_or_start(folder, place, options, project)
        if started:
            use.begin(record.id)
        if keep:
            use.keep()
        how = "started for this command" if started else "running already"
        say(f"Target: emulator {record.origin} (state directory {record.state_dir}){simulated_note(record)}, {how}")
        chosen = workspace_of({}, os.environ, Path.cwd())
        try:
            return _call(command, {**os.environ, **variables(record, chosen, os.environ)})
        finally:
            use.end(record.id)
            if use.last:
                home.stop(record)


def _call(command: list[str], environment: dict[str, str]) -> int:
    """Run a program; Ctrl-C is for it, and its exit code is ours."""
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise Refusal(f"cannot run {command[0]}: {error.strerror}", Exit.USAGE) from None
    # After the start: a program inherits what is ignored, and would not hear of Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - code if code < 0 and sys.platform != "win32" else code
