"""`amlet target use`: the default target of commands."""

from __future__ import annotations

import os

from amlet.cli.command import command
from amlet.cli.output import say
from amlet.cli.target import TargetKind, store_kind


@command()
def use(kind: TargetKind) -> None:
    """Make the emulator or the configured workspace the default."""
    path = store_kind(kind, os.environ)
    say(f"Commands go to the {kind} unless told otherwise ({path})")
