"""`amlet target`: the default target of commands."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from amlet.cli.target import Kind, Wanted, choose_kind, store_kind
from amlet.cli.verbs import Show, say, verb
from gateway.client import workspace_settings

app = typer.Typer(no_args_is_help=True, help="The default target: the emulator or a workspace.")


@app.command()
def use(kind: Kind) -> None:
    """Make the emulator or the configured workspace the default."""
    path = store_kind(kind, os.environ)
    say(f"Commands go to the {kind} unless told otherwise ({path})")


@app.command("show")
@verb
def show_target(show: Show) -> None:
    """Show where commands would go, and why."""
    settings = workspace_settings.find({}, os.environ, Path.cwd())
    kind, reason = choose_kind(Wanted(), settings, os.environ)
    show({"target": kind.value, "source": reason}, people=lambda: f"{kind.value}, by {reason}")
