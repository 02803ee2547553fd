"""`amlet job cancel`: end a job."""

from __future__ import annotations

from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, command, one_name
from amlet.cli.output import say
from amlet.cli.target import Target


@command()
def cancel(
    target: Target,
    name: Name = None,
    option: NameOption = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait until it is canceled.")] = False,
) -> None:
    """Cancel a job and wait until it is canceled."""
    from gateway.client.job_operations import JobOperations

    chosen = one_name(name, option)
    poller = JobOperations(target.connect()).begin_cancel(chosen)
    if not no_wait:
        poller.result()
    say(f"{chosen} is {'being canceled' if no_wait else 'canceled'}")
