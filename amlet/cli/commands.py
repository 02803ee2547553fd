"""The command line of `amlet`: its groups and commands."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli.exits import EPILOG
from contracts.version import __version__
from gateway.transport.choice import RECORD

_RUN = {"context_settings": {"allow_extra_args": True, "ignore_unknown_options": True}}

#: The groups and commands, each with its module, and how a command is added.
_GROUPS = {
    "job": "job", "trial": "trial", "emulator": "emulator", "workspace": "workspace", "target": "target_commands",
    "data": "data", "contract": "contract",
}  # fmt: skip
_COMMANDS: dict[str, dict[str, Any]] = {
    "doctor": {"epilog": EPILOG}, "init": {}, "journal": {}, "run": _RUN, "simulate": {"epilog": EPILOG},
    "studio": {},
}  # fmt: skip


def command_line(only: str | None = None) -> typer.Typer:
    """The command with its groups.

    Parameters:
        only: a group or command that alone is wanted; the modules of the others are not imported.
    """
    made = typer.Typer(
        name="amlet",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        epilog=EPILOG,
        help=root.__doc__,
    )
    made.callback()(root)
    known = only in _GROUPS or only in _COMMANDS
    for name, module in _GROUPS.items():
        if name == only or not known:
            made.add_typer(import_module(f"amlet.cli.{module}").app, name=name)
    for name, settings in _COMMANDS.items():
        if name == only or not known:
            made.command(name, **settings)(getattr(import_module(f"amlet.cli.{name}"), name))
    return made


def __getattr__(name: str) -> Any:
    """`app`, the whole command, for those who document or test it."""
    if name == "app":
        return command_line()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"amlet {__version__}\n")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what is asked of the service, sanitised, to a file (AMLET_RECORD)."),
    ] = None,
) -> None:
    """Azure Machine Learning sweep jobs anywhere: in a workspace, or on a local emulator that really runs them."""
    if record:
        os.environ[RECORD] = str(record.absolute())
