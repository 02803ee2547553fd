"""`amlet job stream`: follow a job until it ends."""

from __future__ import annotations

import typer

from amlet.cli.command import Name, NameOption, command, one_name
from amlet.cli.exits import EPILOG
from amlet.cli.target import Target


@command(epilog=EPILOG)
def stream(target: Target, name: Name = None, option: NameOption = None) -> None:
    """Follow a job until it ends: its log on stdout, progress on stderr."""
    from amlet.cli.progress.follow import follow_job, tell_end

    connection = target.connect()
    code, document = follow_job(connection, one_name(name, option), target, quiet=True)
    tell_end(connection, document)
    raise typer.Exit(int(code))
