"""The command `amlet`: its groups, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from contracts.version import __version__
from gateway.cli import data, doctor, emulator, init, job, run, simulate, target_commands, trial, workspace
from gateway.cli.exits import EPILOG, Exit, explain

app = typer.Typer(
    name="amlet",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=EPILOG,
    help="Azure Machine Learning sweep jobs anywhere: in a workspace, or on a local emulator that really runs them.",
)
app.add_typer(job.app, name="job")
app.add_typer(trial.app, name="trial")
app.add_typer(emulator.app, name="emulator")
app.add_typer(workspace.app, name="workspace")
app.add_typer(target_commands.app, name="target")
app.add_typer(data.app, name="data")
app.command("doctor", epilog=EPILOG)(doctor.doctor)
app.command("init")(init.init)
app.command("run", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(run.run)
app.command("simulate", epilog=EPILOG)(simulate.simulate)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"amlet {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what is asked of the service, sanitised, to a file (AMLET_RECORD)."),
    ] = None,
) -> None:
    """Azure Machine Learning sweep jobs anywhere: in a workspace, or on a local emulator that really runs them."""
    if record:
        from gateway.transport.recording import VARIABLE

        os.environ[VARIABLE] = str(record.absolute())


def main() -> None:
    """Run the command; every error is one clear message, unless AMLET_DEBUG asks for the traceback."""
    try:
        app(prog_name="amlet")
    except Exception as error:
        explained = explain(error)
        if os.environ.get("AMLET_DEBUG"):
            raise
        message, code = explained or (f"{type(error).__name__}: {error} (AMLET_DEBUG=1 shows more)", Exit.ERROR)
        sys.stderr.write(f"amlet: {message}\n")
        sys.exit(int(code))
