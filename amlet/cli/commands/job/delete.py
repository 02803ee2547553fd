"""`amlet job delete`: remove a job."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, command, one_name
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import confirm, say
from amlet.cli.target import Target


@command()
def delete(
    target: Target,
    name: Name = None,
    option: NameOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete a job that has ended, with its trials and logs."""
    from gateway.client.job_operations import JobOperations

    chosen = one_name(name, option)
    if not yes:
        if not sys.stdin.isatty():
            raise Refusal(f"deleting {chosen} cannot be undone; repeat with --yes", Exit.USAGE)
        confirm(f"Delete {chosen} with all that belongs to it?")
    JobOperations(target.connect()).begin_delete(chosen).result()
    say(f"{chosen} is deleted")
