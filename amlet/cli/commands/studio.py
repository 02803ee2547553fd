"""`amlet studio`: the page of a job, or of the workspace, in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from amlet.cli.browser import open_page
from amlet.cli.command import Name, NameOption, command, one_name, said_target
from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.output import page_of
from amlet.cli.output import put
from amlet.cli.target import Target, TargetOptions
from contracts.studio import workspace_url
from gateway.client.connection import Connection


@command()
def studio(
    wanted: TargetOptions,
    name: Name = None,
    option: NameOption = None,
    rotate_key: Annotated[
        bool, typer.Option("--rotate-key", help="Make another page key first: links with the old one stop working.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the page of a job, or without a name that of the workspace. Prints the address."""
    target = said_target(wanted)
    connection = target.connect(start=not (name or option))
    if rotate_key:
        _rotate(target)
    address = _job(connection, one_name(name, option)) if name or option else _home(target, connection)
    put(f"{target.link(address)}\n")
    if not no_browser:
        open_page(target, address)


def _rotate(target: Target) -> None:
    from amlet.cli import emulators
    from amlet.cli.control import Control

    if not target.is_emulator:
        raise Refusal("only an emulator has a page key", Exit.USAGE)
    Control(emulators.find(target.state_dir)).ask("POST", "page-key/rotate")


def _job(connection: Connection, name: str) -> str:
    from gateway.operations import jobs

    page = page_of(connection.run(jobs.get(connection.workspace, name)))
    if not page:
        raise Refusal(f"the service names no page of {name}")
    return page


def _home(target: Target, connection: Connection) -> str:
    from gateway.operations import local_jobs

    if not target.is_emulator:
        return workspace_url(f"{connection.workspace.endpoints.studio}/", connection.workspace.id)
    return connection.run(local_jobs.studio(connection.workspace))
